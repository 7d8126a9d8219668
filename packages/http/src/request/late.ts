/** A part of a request that a schema may read. */
export type PartName = "body" | "query" | "params" | "headers" | "cookies";

/** Reads one part of a request; it may throw. */
export type ReadPart<in Request> = (request: Request) => unknown;

/** One part of one request, decoded once: made before the handler is called, or when a layer reads it. */
export class Late<in Request> {
  state: "pending" | "ready" | "failed" = "pending";
  /** The value, the error, or the promise that settles this, as the state says. */
  held: unknown;

  /** Decodes, and never throws: afterwards the state says what came of it. */
  constructor(read: ReadPart<Request>, request: Request) {
    try {
      const value = read(request);
      if (!(value instanceof Promise)) this.#hold("ready", value);
      else {
        this.held = value.then(
          (known) => this.#hold("ready", known),
          (error: unknown) => this.#hold("failed", error),
        );
      }
    } catch (error) {
      this.#hold("failed", error);
    }
  }

  #hold(state: "ready" | "failed", held: unknown): void {
    this.state = state;
    this.held = held;
  }
}
