/** A part of a request that a schema may read. */
export type PartName = "body" | "query" | "params" | "headers" | "cookies";

/** Reads one part of a request; it may throw. */
export type ReadPart<in Request> = (request: Request) => unknown;

/** One part of one request, decoded once: made before the handler is called, or when a layer reads it. */
export class Late<in Request> {
  state: "pending" | "ready" | "failed";
  /** The value, the error, or the promise that settles this, as the state says. */
  held: unknown;

  /** Decodes, and never throws: afterwards the state says what came of it. */
  constructor(read: ReadPart<Request>, request: Request) {
    try {
      const value = read(request);
      const isPending = value instanceof Promise;
      this.state = isPending ? "pending" : "ready";
      this.held = isPending ? value.then(hold(this, "ready"), hold(this, "failed")) : value;
    } catch (error) {
      this.state = "failed";
      this.held = error;
    }
  }
}

function hold(late: Late<never>, state: "ready" | "failed"): (held: unknown) => void {
  return (held) => {
    late.state = state;
    late.held = held;
  };
}
