import { diag } from "@opentelemetry/api";

/** Runs what only traces, and drops what it throws: a sampler, a processor or a field that is not as expected never fails the work. */
export function safely<Result>(trace: () => Result): Result | undefined {
  try {
    return trace();
  } catch (error) {
    diag.warn("[lamella] A span could not be written as it should be:", error);
    return undefined;
  }
}
