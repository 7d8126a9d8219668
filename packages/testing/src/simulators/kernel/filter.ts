import { mustBe } from "@lamella/core/extend";

/**
 * A pattern of a mapping's filter criteria: an object, or its JSON as the API takes it.
 *
 * AWS: "Control which events Lambda sends to your function".
 */
export type FilterPattern = string | Readonly<Record<string, unknown>>;

type Test = (value: unknown) => boolean;

/** Where a service's payload stands, which a pattern looks into as JSON or as text. */
export interface FilteredPayload<Record> {
  /** The only key that a pattern may have at its top. */
  readonly key: string;
  readonly read: (record: Record) => string | undefined;
}

/**
 * Tells whether a record passes: one of the patterns must match.
 *
 * @throws {RangeError} When there are more than 10 patterns.
 * @throws {TypeError} When a pattern is none.
 */
export function toFilter<Record>(
  where: string,
  patterns: readonly FilterPattern[] | undefined,
  payload: FilteredPayload<Record> | undefined,
): (record: Record) => boolean {
  if (patterns === undefined) return () => true;
  mustBe(Array.isArray(patterns), `${where}({ filters })`, "a list of patterns", patterns);
  mustBe(patterns.length <= 10, `${where}({ filters })`, "10 patterns at most", patterns.length, RangeError);
  const tests = patterns.map((pattern, index) => toTest(`${where}({ filters }), pattern ${index + 1}`, pattern, payload));
  return (record) => tests.length === 0 || tests.some((test) => test(record));
}

function toTest<Record>(where: string, pattern: FilterPattern, payload: FilteredPayload<Record> | undefined): (record: Record) => boolean {
  const parsed = typeof pattern === "string" ? parse(pattern) : pattern;
  mustBe(isObject(parsed), where, "an object, or JSON of one", parsed);
  const object = parsed as Readonly<globalThis.Record<string, unknown>>;
  if (payload === undefined) return compile(where, object);
  const { key, read } = payload;
  mustBe(
    Object.keys(object).every((name) => name === key),
    where,
    `a pattern for ${key}, which is all that this mapping can look at`,
    object,
  );
  const inner = object[key];
  if (inner === undefined) return () => true;
  // A pattern for text passes no JSON, and one for JSON no text.
  const wantsText = Array.isArray(inner);
  const test = wantsText ? anyOf(where, inner) : compile(where, inner as never);
  return (record) => {
    const text = read(record);
    const value = text === undefined ? undefined : parse(text);
    return isObject(value) ? !wantsText && test(value) : wantsText && test(text);
  };
}

function compile(where: string, pattern: Readonly<Record<string, unknown>>): Test {
  mustBe(isObject(pattern), where, "an object of rules", pattern);
  const tests = Object.entries(pattern).map(([name, rule]): Test => {
    if (name === "$or") {
      mustBe(Array.isArray(rule) && rule.length > 0, `${where}, $or`, "a list of patterns", rule);
      const either = (rule as readonly Readonly<Record<string, unknown>>[]).map((one) => compile(where, one));
      return (value) => either.some((test) => test(value));
    }
    const at = `${where}, ${name}`;
    if (Array.isArray(rule)) {
      const test = anyOf(at, rule);
      return (value) => test(memberOf(value, name));
    }
    mustBe(isObject(rule), at, "a list of rules, or an object", rule);
    const test = compile(at, rule as never);
    return (value) => test(memberOf(value, name));
  });
  return (value) => tests.every((test) => test(value));
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function anyOf(where: string, rules: readonly unknown[]): Test {
  mustBe(rules.length > 0, where, "a list of rules that is not empty", rules);
  const tests = rules.map((rule) => toRule(where, rule));
  // Of a list in the data one member is enough.
  return (value) => tests.some((test) => (Array.isArray(value) ? value.some(test) : test(value)));
}

function toRule(where: string, rule: unknown): Test {
  if (!isObject(rule)) {
    mustBe(
      rule === null || ["string", "number", "boolean"].includes(typeof rule),
      where,
      "a text, a number, true, false, null or a rule",
      rule,
    );
    return (value) => value === rule;
  }
  const entries = Object.entries(rule);
  mustBe(entries.length === 1, where, "one operator a rule", rule);
  const [operator, operand] = entries[0] as [string, unknown];
  const at = `${where}, ${operator}`;
  switch (operator) {
    case "exists":
      mustBe(typeof operand === "boolean", at, "true or false", operand);
      // Looks at leaves only.
      return (value) => (value !== undefined && !isObject(value)) === operand;
    case "prefix":
    case "suffix":
    case "equals-ignore-case":
      mustBe(typeof operand === "string", at, "a text", operand);
      return (value) => typeof value === "string" && compare(operator, value, operand as string);
    case "anything-but": {
      const excluded = [operand].flat().map((one) => toRule(at, one));
      return (value) => value !== undefined && !isObject(value) && !excluded.some((test) => test(value));
    }
    case "numeric":
      return numeric(at, operand);
    default:
      throw new TypeError(`${where} has an operator that event filters do not have: ${operator}`);
  }
}

function compare(operator: "prefix" | "suffix" | "equals-ignore-case", value: string, operand: string): boolean {
  if (operator === "prefix") return value.startsWith(operand);
  if (operator === "suffix") return value.endsWith(operand);
  return value.toLowerCase() === operand.toLowerCase();
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

function numeric(where: string, operand: unknown): Test {
  mustBe(Array.isArray(operand) && operand.length > 0 && operand.length % 2 === 0, where, 'pairs such as [">", 0, "<=", 100]', operand);
  const list = operand as readonly unknown[];
  const tests = Array.from({ length: list.length / 2 }, (_, index): Test => {
    const test = COMPARISONS[list[2 * index] as string];
    const bound = list[2 * index + 1];
    mustBe(test !== undefined && typeof bound === "number", where, 'pairs such as [">", 0, "<=", 100]', operand);
    return (value) => typeof value === "number" && test?.(value, bound as number) === true;
  });
  return (value) => tests.every((test) => test(value));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
