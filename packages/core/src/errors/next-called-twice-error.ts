import { LamellaError } from "./lamella-error.ts";

/** A layer called `next` a second time without declaring that it repeats. */
export class NextCalledTwiceError extends LamellaError {
  readonly code = "LAMELLA_NEXT_CALLED_TWICE";
  // A literal here and in all errors: minifiers rename classes, and Lambda reports `name` as `errorType`.
  override readonly name = "NextCalledTwiceError";

  constructor(layer: string) {
    super(`The layer "${layer}" called next() twice for one item. Call it once, or declare { repeats: true }.`);
  }
}
