/** Whether a value is an object or a list that may hold others. */
export function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Every object in a value, itself included, with its path; `*` stands for the places of a list. */
export function* nodesOf(value: unknown, path = ""): Generator<readonly [path: string, node: Record<string, unknown>]> {
  if (!isNode(value)) return;
  yield [path, value];
  for (const [name, member] of Object.entries(value)) {
    yield* nodesOf(member, [path, Array.isArray(value) ? "*" : name].filter((part) => part !== "").join("."));
  }
}

/** A copy without what stands at a path. */
export function without(event: unknown, path: string): unknown {
  const copy = structuredClone(event);
  const parts = path.split(".");
  const last = parts.at(-1) as string;
  for (const [at, node] of nodesOf(copy)) if (at === parts.slice(0, -1).join(".")) delete node[last];
  return copy;
}

/** A copy in which every object has a field that nobody knows, except in these maps. */
export function withUnknownFields(event: unknown, maps: readonly string[]): unknown {
  const copy = structuredClone(event);
  // All of them before the first is changed, or what was added would be found.
  const nodes = Array.from(nodesOf(copy));
  for (const [path, node] of nodes) {
    const isInMap = maps.some((map) => path === map || path.startsWith(`${map}.`));
    if (!Array.isArray(node) && !isInMap) node["fieldOfTheFuture"] = { list: [1, "two", null] };
  }
  return copy;
}

export function frozen<T>(value: T): T {
  for (const [, node] of nodesOf(value)) Object.freeze(node);
  return value;
}
