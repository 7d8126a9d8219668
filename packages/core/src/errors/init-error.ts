import { LamellaError } from "./lamella-error.ts";

/** What a layer needs before the first item could not be made. The next invocation tries again. */
export class InitError extends LamellaError {
  readonly code = "LAMELLA_INIT";
  override readonly name = "InitError";
  /** The name of the resource or layer. */
  readonly of: string;

  constructor(of: string, cause: unknown) {
    // The runtime client sends name and message, and leaves the cause out.
    super(`"${of}" could not be made: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.of = of;
  }
}
