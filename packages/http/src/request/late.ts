import { PayloadNotReadyError } from "@lamella/core";

/** A part of a request that a schema may read. */
export type PartName = "body" | "query" | "params" | "headers" | "cookies";

/** Reads one part of a request; it may throw. */
export type ReadPart<in Request> = (request: Request) => unknown;

/** One part of one request, decoded late and once: before the handler, or when a layer reads it. */
export class Late<in Request> {
  readonly #name: PartName;
  readonly #decode: ReadPart<Request>;
  state: "raw" | "pending" | "ready" | "failed" = "raw";
  /** The value, the error, or the promise that settles this, as the state says. */
  held: unknown = undefined;

  constructor(name: PartName, decode: ReadPart<Request>) {
    this.#name = name;
    this.#decode = decode;
  }

  /** Decodes, and never throws: afterwards the state says what came of it. */
  start(request: Request): this {
    if (this.state !== "raw") return this;
    try {
      const value = this.#decode(request);
      if (!(value instanceof Promise)) return this.#hold("ready", value);
      const settled = value.then(
        (known) => this.#hold("ready", known),
        (error: unknown) => this.#hold("failed", error),
      );
      return this.#hold("pending", settled);
    } catch (error) {
      return this.#hold("failed", error);
    }
  }

  /**
   * The value.
   *
   * @throws {PayloadError} When the part does not fit.
   * @throws {PayloadNotReadyError} When an asynchronous schema is not done with it.
   */
  read(request: Request): unknown {
    if (this.start(request).state === "ready") return this.held;
    throw this.state === "failed" ? this.held : new PayloadNotReadyError(this.#name);
  }

  #hold(state: "pending" | "ready" | "failed", held: unknown): this {
    this.state = state;
    this.held = held;
    return this;
  }
}
