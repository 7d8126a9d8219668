import { Writable } from "node:stream";

const INTEGRATION = "application/vnd.awslambda.http-integration-response";
/** What stands between the prelude and the body. */
const DELIMITER = Buffer.alloc(8);

/** What a streaming function tells before the body. */
export interface Prelude {
  readonly statusCode?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly cookies?: readonly string[] | undefined;
}

/**
 * What Lambda's runtime gives a streaming function to write to, and beyond it what a service makes of it. As the runtime's
 * own, it writes the prelude before the first call of `write`, and not before `end`.
 */
export class ResponseSink extends Writable {
  readonly prelude: Promise<Prelude>;
  readonly body: ReadableStream<Uint8Array>;
  _onBeforeFirstWrite: ((write: (chunk: string | Uint8Array) => boolean) => void) | undefined;
  #type = "application/octet-stream";
  #isWritten = false;
  /** What came of the prelude; `undefined` once it is complete. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #resume: (() => void) | undefined;
  #tell: (prelude: Prelude) => void = () => {};
  #refuse: (error: unknown) => void = () => {};

  constructor(highWaterMark = 16_384) {
    super({ highWaterMark });
    this.prelude = new Promise((resolve, reject) => {
      this.#tell = resolve;
      this.#refuse = reject;
    });
    this.prelude.catch(() => {});
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#next(),
        cancel: () => void this.destroy(),
      },
      { highWaterMark: 0 },
    );
  }

  /**
   * Says what the body is, which the runtime cannot be told later.
   *
   * @throws {Error} When something was written.
   */
  setContentType(type: string): void {
    if (this.#isWritten) throw new Error("Cannot set content-type, too late.");
    this.#type = type;
  }

  override write(chunk: unknown, ...rest: never[]): boolean {
    if (!this.#isWritten) {
      this.#isWritten = true;
      if (this.#type !== INTEGRATION) this.#open({ headers: { "content-type": this.#type } });
      this._onBeforeFirstWrite?.((first) => super.write(first));
    }
    return super.write(chunk, ...rest);
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const content = this.#head === undefined ? chunk : this.#afterPrelude(Buffer.concat([this.#head, chunk]));
    if (content.length === 0) return done();
    this.#controller?.enqueue(new Uint8Array(content));
    // The client takes it at its own speed.
    this.#resume = done;
  }

  override _final(done: () => void): void {
    // A service has nothing to send then.
    if (this.#head !== undefined) this.#refuse(new Error("The function ended its response without a prelude."));
    this.#controller?.close();
    done();
  }

  /** Ends the response as failed, as the runtime does when the handler rejects. */
  fail(error: unknown): void {
    this.#refuse(error);
    // The client may be gone, or have it all.
    if (!this.destroyed && !this.writableFinished) this.#controller?.error(error);
    this.destroy();
  }

  #next(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  #afterPrelude(head: Buffer): Buffer {
    const end = head.indexOf(DELIMITER);
    this.#head = head;
    if (end === -1) return Buffer.alloc(0);
    try {
      this.#open(JSON.parse(head.subarray(0, end).toString()) as Prelude);
    } catch (error) {
      this.#refuse(error);
    }
    return head.subarray(end + DELIMITER.length);
  }

  #open(prelude: Prelude): void {
    this.#head = undefined;
    this.#tell(prelude);
  }
}
