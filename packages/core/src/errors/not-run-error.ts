import { LamellaError } from "./lamella-error.ts";

/** An item was not run, or comes again although it was, because one before it that has the same key failed: its cause. */
export class NotRunError extends LamellaError {
  readonly code = "LAMELLA_NOT_RUN";
  override readonly name = "NotRunError";

  constructor(cause: unknown) {
    super("Comes again behind a record of the same key that failed, to keep the order.", { cause });
  }
}
