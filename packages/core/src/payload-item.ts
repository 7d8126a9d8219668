import type { Decode } from "./codecs/codec.ts";
import { LamellaError } from "./errors/lamella-error.ts";

/** A layer read a payload that its asynchronous schema had not decoded yet. */
export class PayloadNotReadyError extends LamellaError {
  readonly code = "LAMELLA_PAYLOAD_NOT_READY";
  override readonly name = "PayloadNotReadyError";

  constructor(part: string) {
    super(
      `A layer read the ${part} before it was decoded, and its schema or codec is asynchronous. Declare that the layer reads it: layer(name, around, { reads: true }).`,
    );
  }
}

/** How the items of one source decode their payload. */
export interface Decoder<Value> {
  /** What the payload is called in messages, such as `body`. */
  readonly part: string;
  /** `undefined` to leave the payload as it came. */
  readonly decode: Decode<Value> | undefined;
}

/**
 * The base of items whose payload is decoded late: before the first layer that declares to read it, else before the
 * handler. A layer that reads it earlier has it decoded there and then.
 */
export abstract class PayloadItem<Raw, Value> {
  /** The record as AWS sent it. */
  readonly raw: Raw;
  readonly #decoder: Decoder<Value>;
  #state: "raw" | "pending" | "ready" | "failed" = "raw";
  // The value, the error or the promise, as the state says.
  #held: unknown = undefined;

  constructor(raw: Raw, decoder: Decoder<Value>) {
    this.raw = raw;
    this.#decoder = decoder;
  }

  /**
   * The payload as the service sent it.
   *
   * @throws {PayloadError} When there is none.
   */
  protected abstract encoded(): string | Uint8Array;

  protected payload(): Value {
    if (this.#state !== "ready") {
      if (this.#state === "raw") void this["~decode"]();
      if (this.#state === "pending") throw new PayloadNotReadyError(this.#decoder.part);
      if (this.#state === "failed") throw this.#held;
    }
    return this.#held as Value;
  }

  /**
   * Decodes the payload, once.
   *
   * @throws {PayloadError} When it does not fit.
   */
  "~decode"(): this | Promise<this> {
    if (this.#state === "ready") return this;
    if (this.#state === "failed") throw this.#held;
    if (this.#state === "pending") return this.#held as Promise<this>;
    let value: Value | Promise<Value> | string | Uint8Array;
    try {
      const { decode, part } = this.#decoder;
      const encoded = this.encoded();
      value = decode === undefined ? encoded : decode(encoded, part);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (!(value instanceof Promise)) return this.#keep(value);
    this.#state = "pending";
    const pending = value.then(
      (decoded) => this.#keep(decoded),
      (error: unknown) => {
        this.#fail(error);
        throw error;
      },
    );
    // Read too early it is decoded with nobody waiting yet.
    pending.catch(() => {});
    this.#held = pending;
    return pending;
  }

  #keep(value: unknown): this {
    this.#state = "ready";
    this.#held = value;
    return this;
  }

  #fail(error: unknown): void {
    this.#state = "failed";
    this.#held = error;
  }
}
