import { OutputError } from "@lamella/core";
import type { HttpBody } from "../response/http-response.ts";
import { type ResponseStream, withPrelude } from "./response-stream.ts";

/** Where the response of one invocation goes. */
export class Outlet {
  readonly #stream: ResponseStream;
  #reader: ReadableStreamDefaultReader<unknown> | undefined;
  #isOpen = false;
  /** Goes on where it was waited for the stream to take more. */
  #wake: () => void = () => {};

  constructor(stream: ResponseStream) {
    this.#stream = stream;
  }

  /** Whether the client has a status and headers already, so that no other response can be made. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Sends a response, of a stream no faster than it is taken.
   *
   * @throws {unknown} What the body failed with. Where `isOpen` says so, the client has a part of it.
   */
  async send(prelude: object, body: HttpBody): Promise<void> {
    if (typeof body !== "object" || body instanceof Uint8Array) {
      this.#open(prelude, body ?? "");
      this.#stream.end();
      return;
    }
    const reader = body.getReader();
    this.#reader = reader;
    if (this.#stream.destroyed) return this.abort();
    this.#stream.once("close", () => this.abort());
    this.#stream.once("error", () => this.abort());
    // Read before anything is sent: what fails so early can still be answered.
    for (let chunk = await reader.read(); this.#reader === reader; chunk = await reader.read()) {
      // It says so before it emits `close`, for which a source that never waits would leave no time.
      if (this.#stream.destroyed) return this.abort();
      const content = chunk.done ? "" : checked(chunk.value);
      const isTaken = this.#isOpen ? chunk.done || this.#stream.write(content) : this.#open(prelude, content);
      if (chunk.done) {
        this.#reader = undefined;
        this.#stream.end();
        return;
      }
      if (!isTaken) await this.#drained();
    }
  }

  /** Sends what is no response to a request, as it is. */
  end(content: string): void {
    this.#isOpen = true;
    this.#stream.write(content);
    this.#stream.end();
  }

  /** Gives up the body that is being sent, if there is one: nothing more of it is read or sent. */
  abort(reason?: unknown): void {
    const reader = this.#reader;
    this.#reader = undefined;
    // What a source does on its end is its own affair.
    reader?.cancel(reason).catch(() => {});
    this.#wake();
  }

  #open(prelude: object, content: string | Uint8Array): boolean {
    this.#isOpen = true;
    return withPrelude(this.#stream, prelude).write(content);
  }

  /** Waits until the stream takes more, or never will. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      // Of `close` and `error` the listeners are there already, for all of the body.
      if (this.#stream.destroyed) resolve();
      else this.#stream.once("drain", resolve);
    });
  }
}

function checked(chunk: unknown): string | Uint8Array {
  if (typeof chunk === "string" || chunk instanceof Uint8Array) return chunk;
  throw new OutputError({ part: "stream", problem: `has a chunk of type ${typeof chunk}, where text or bytes were expected` });
}
