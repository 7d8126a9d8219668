import { PayloadNotReadyError } from "@lamella/core";

/** Which part of a request a schema reads. */
export type PartName = "body" | "query" | "params" | "headers";

/** How one part of a request is decoded. */
export interface PartDecoder {
  readonly name: PartName;
  readonly decode: (event: never) => unknown;
}

/** One part of one request, decoded late and once: before the handler, or when a layer reads it. */
export class Late {
  readonly #decoder: PartDecoder;
  state: "raw" | "pending" | "ready" | "failed" = "raw";
  /** The value, the error, or the promise that settles this, as the state says. */
  held: unknown = undefined;

  constructor(decoder: PartDecoder) {
    this.#decoder = decoder;
  }

  /** Decodes, and never throws: afterwards the state says what came of it. */
  start(event: unknown): void {
    if (this.state !== "raw") return;
    try {
      const value = this.#decoder.decode(event as never);
      if (value instanceof Promise) this.#await(value);
      else this.#settle("ready", value);
    } catch (error) {
      this.#settle("failed", error);
    }
  }

  /**
   * The value.
   *
   * @throws {PayloadError} When the part does not fit.
   * @throws {PayloadNotReadyError} When an asynchronous schema is not done with it.
   */
  read(event: unknown): unknown {
    this.start(event);
    if (this.state === "ready") return this.held;
    if (this.state === "failed") throw this.held;
    throw new PayloadNotReadyError(this.#decoder.name);
  }

  #await(value: Promise<unknown>): void {
    this.state = "pending";
    this.held = value.then(
      (known) => this.#settle("ready", known),
      (error: unknown) => this.#settle("failed", error),
    );
  }

  #settle(state: "ready" | "failed", held: unknown): void {
    this.state = state;
    this.held = held;
  }
}
