import { LamellaError } from "./errors/lamella-error.ts";

/** A layer read a payload that its asynchronous schema had not decoded yet. */
export class PayloadNotReadyError extends LamellaError {
  readonly code = "LAMELLA_PAYLOAD_NOT_READY";
  override readonly name = "PayloadNotReadyError";

  constructor(part: string) {
    super(`A layer read the ${part} before its asynchronous schema had decoded it. Declare the layer with { reads: true }.`);
  }
}

/** How the items of one source decode their payload. */
export interface Decoder<Value, Encoded = string | Uint8Array> {
  /** What the payload is called in messages, such as `body`. */
  readonly part: string;
  /** `undefined` to leave the payload as it came. */
  readonly decode: ((encoded: Encoded, part: string) => Value | Promise<Value>) | undefined;
}

/**
 * The base of items whose payload is decoded late: before the first layer that declares to read it, else before the
 * handler. A layer that reads it earlier has it decoded there and then.
 */
export abstract class PayloadItem<Raw, Value, Encoded = string | Uint8Array> {
  /** The record as AWS sent it. */
  readonly raw: Raw;
  readonly #decoder: Decoder<Value, Encoded>;
  /** `undefined` while nobody has asked for the payload. */
  #state: "pending" | "ready" | "failed" | undefined;
  /** The payload, the error, or the promise of this item, as the state says. */
  #held: unknown;

  constructor(raw: Raw, decoder: Decoder<Value, Encoded>) {
    this.raw = raw;
    this.#decoder = decoder;
  }

  /**
   * The payload as the service sent it: text, bytes, or what the runtime has parsed already.
   *
   * @throws {PayloadError} When there is none.
   */
  protected abstract encoded(): Encoded;

  protected payload(): Value {
    if (this.#state !== "ready" && this["~decode"]() !== this) throw new PayloadNotReadyError(this.#decoder.part);
    return this.#held as Value;
  }

  /**
   * Decodes the payload, once.
   *
   * @throws {PayloadError} When it does not fit.
   */
  "~decode"(): this | Promise<this> {
    if (this.#state === undefined) {
      try {
        const { decode, part } = this.#decoder;
        const encoded = this.encoded();
        const value = decode === undefined ? encoded : decode(encoded, part);
        this.#held = value instanceof Promise ? this.#later(value) : value;
        this.#state = value instanceof Promise ? "pending" : "ready";
      } catch (error) {
        this.#held = error;
        this.#state = "failed";
      }
    }
    if (this.#state === "failed") throw this.#held;
    return this.#state === "ready" ? this : (this.#held as Promise<this>);
  }

  #later(pending: Promise<Value>): Promise<this> {
    const later = pending.then(
      (value) => {
        this.#held = value;
        this.#state = "ready";
        return this;
      },
      (error: unknown) => {
        this.#held = error;
        this.#state = "failed";
        throw error;
      },
    );
    // Read too early it is decoded with nobody waiting yet.
    later.catch(() => {});
    return later;
  }
}
