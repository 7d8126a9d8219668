import { LamellaError } from "@lamella/core";

/** The view of a table's stream is not the one that the source was told. */
export class StreamViewError extends LamellaError {
  readonly code = "LAMELLA_STREAM_VIEW";
  override readonly name = "StreamViewError";

  constructor(told: string, actual: string) {
    super(`The stream's view is ${actual.slice(0, 40)}, where dynamodb({ view }) says ${told}. Say what the stream has.`);
  }
}
