import { LamellaError } from "./lamella-error.ts";

/** A layer returned something else than what `next` or `answer` gave, so the handler may not have run. */
export class NoOutcomeError extends LamellaError {
  readonly code = "LAMELLA_NO_OUTCOME";
  override readonly name = "NoOutcomeError";

  constructor() {
    super("A layer gave no outcome. Return what next() gave, or answer(…) to skip the rest.");
  }
}
