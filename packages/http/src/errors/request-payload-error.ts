import { PayloadError } from "@lamella/core";

/** Several parts of a request do not fit. It has the code of `PayloadError`, and is one. */
export class RequestPayloadError extends PayloadError {
  /** What is wrong with each part. */
  readonly errors: readonly PayloadError[];

  constructor(errors: readonly PayloadError[]) {
    super({
      part: errors.map(({ part }) => part).join(", "),
      problem: "do not fit their schemas",
      issues: errors.flatMap(({ part, issues }) => issues.map((issue) => ({ ...issue, path: [part, ...(issue.path ?? [])] }))),
    });
    this.errors = errors;
  }
}
