/** What would end the transaction, or begin another one. Savepoints are none of it. */
const ENDS =
  /^\s*(?:begin|commit|end|abort|start\s+transaction|prepare\s+transaction|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b)(?!\s+prepared\b))\b/i;

/** Methods of a connection that would take it away. */
const TAKES = new Set<string | symbol>(["release", "end", "connect", "destroy"]);

/** A connection that is somebody's while his work runs. */
export interface Lent<T> {
  readonly tx: T;
  /** From now on it refuses to be used: what would still come is no part of the transaction. */
  readonly takeBack: () => void;
}

/** Lends a connection for the time of a transaction. */
export function lend<T extends object>(connection: T): Lent<T> {
  let isOver = false;
  const check = (first: unknown): void => {
    if (isOver) throw new TypeError("The transaction of ctx.tx is over. Await all that is done with it before the handler returns.");
    // A text, a template, or a query of pg.
    const text: unknown = Array.isArray(first) ? first[0] : typeof first === "object" && first && "text" in first ? first.text : first;
    if (typeof text === "string" && ENDS.test(text))
      throw new TypeError(
        "The transaction of ctx.tx is committed when the handler returns, and rolled back when it throws. Use savepoints.",
      );
  };
  const tx = new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (TAKES.has(name)) return () => check("end");
      return (...args: unknown[]): unknown => {
        check(args[0]);
        return Reflect.apply(value, target, args);
      };
    },
    // Of those that are a function themselves.
    apply(target, self, args: unknown[]) {
      check(args[0]);
      return Reflect.apply(target as never, self, args);
    },
  });
  return { tx, takeBack: () => void (isOver = true) };
}
