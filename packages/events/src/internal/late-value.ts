import { PayloadNotReadyError } from "@lamella/core";

/**
 * A value that is decoded late and once: before the first layer that declares to read it, else before the handler. A
 * layer that reads it earlier has it decoded there and then. As `PayloadItem`, for what is no text.
 */
export class LateValue<Value> {
  readonly #part: string;
  readonly #decode: () => Value | Promise<Value>;
  #state: "encoded" | "pending" | "decoded" | "failed" = "encoded";
  // The value, its promise, or, when it failed, the error.
  #held: unknown;

  /** @param part What the value is called in messages, such as `payload`. */
  constructor(part: string, decode: () => Value | Promise<Value>) {
    this.#part = part;
    this.#decode = decode;
  }

  /**
   * @throws {PayloadError} When it does not fit.
   */
  get value(): Value {
    if (this.ready() !== undefined) throw new PayloadNotReadyError(this.#part);
    return this.#held as Value;
  }

  /**
   * Decodes the value, once; a promise while that takes time.
   *
   * @throws {PayloadError} When it does not fit.
   */
  ready(): Promise<void> | undefined {
    if (this.#state === "encoded") this.#start();
    if (this.#state === "failed") throw this.#held;
    return this.#state === "pending" ? (this.#held as Promise<void>) : undefined;
  }

  #start(): void {
    try {
      const value = this.#decode();
      this.#state = value instanceof Promise ? "pending" : "decoded";
      this.#held = value instanceof Promise ? this.#later(value) : value;
    } catch (error) {
      this.#state = "failed";
      this.#held = error;
    }
  }

  #later(pending: Promise<Value>): Promise<void> {
    const settled = pending.then(
      (value) => {
        this.#state = "decoded";
        this.#held = value;
      },
      (error: unknown) => {
        this.#state = "failed";
        this.#held = error;
        throw error;
      },
    );
    // Read too early it is decoded with nobody waiting yet.
    settled.catch(() => {});
    return settled;
  }
}

/** The base of items with one such value. */
export abstract class LateItem {
  protected abstract readonly late: LateValue<unknown>;

  "~decode"(): this | Promise<this> {
    const pending = this.late.ready();
    return pending === undefined ? this : pending.then(() => this);
  }
}
