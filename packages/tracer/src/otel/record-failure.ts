import { isExpected, nameOf } from "@lamella/core/extend";
import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { safely } from "./safely.ts";

/**
 * Notes on a span what failed in it, unless the error says itself that nothing is wrong.
 *
 * OpenTelemetry: "Recording errors".
 */
export function recordFailure(span: Span, error: unknown): void {
  if (isExpected(error)) return;
  safely(() => {
    const { name, message, stack } = told(error);
    // Without its `code`, which the SDK would take for the type.
    span.recordException({ name, message, ...(stack !== undefined && { stack }) });
    span.setAttribute("error.type", name);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  });
}

/** Anything may be thrown, also what throws when it is looked at. */
function told(error: unknown): { readonly name: string; readonly message: string; readonly stack?: string | undefined } {
  const name = nameOf(error);
  try {
    const { message, stack } = (error ?? {}) as Partial<Error>;
    return {
      name,
      message: typeof message === "string" ? message : String(error),
      stack: typeof stack === "string" ? stack : undefined,
    };
  } catch {
    return { name, message: "" };
  }
}
