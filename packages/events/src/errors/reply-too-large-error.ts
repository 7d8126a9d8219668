import { LamellaError } from "@lamella/core";

/** What a handler returned would make the reply larger than Lambda lets it be. */
export class ReplyTooLargeError extends LamellaError {
  readonly code = "LAMELLA_REPLY_TOO_LARGE";
  override readonly name = "ReplyTooLargeError";
  /** How many bytes this answer has, as it would be sent. */
  readonly bytes: number;
  /** How many are left of the reply's. */
  readonly leftBytes: number;

  constructor(bytes: number, leftBytes: number) {
    super(
      `The answer has ${bytes} bytes, where ${leftBytes} are left of the 6 MB that a reply may have. Lower the buffer size of the stream's Lambda processor (BufferSizeInMBs), or return less.`,
    );
    this.bytes = bytes;
    this.leftBytes = leftBytes;
  }
}
