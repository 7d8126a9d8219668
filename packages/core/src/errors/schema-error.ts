import { LamellaError } from "./lamella-error.ts";

/** A schema threw, where it should have returned issues. */
export class SchemaError extends LamellaError {
  readonly code = "LAMELLA_SCHEMA_THREW";
  override readonly name = "SchemaError";

  constructor(part: string, cause: unknown) {
    super(`The schema of the ${part} threw. Let it return issues instead.`, {
      cause,
    });
  }
}
