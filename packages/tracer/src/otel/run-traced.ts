import { DeadlineExceededError } from "@lamella/core";
import type { Invocation } from "@lamella/core/extend";
import { context } from "@opentelemetry/api";
import type { Flusher } from "./flusher.ts";
import type { InvocationTrace } from "./invocation-trace.ts";

/** Runs an invocation in its span, and has all of it exported before the reply goes out. */
export async function runTraced<Reply>(
  traced: InvocationTrace,
  flusher: Flusher,
  invocation: Invocation,
  run: () => Promise<Reply>,
): Promise<Reply> {
  const { deadline, report } = invocation;
  const { isRecorded } = traced;
  // An ordered batch that is stuck makes no reply, and Lambda ends the process with the spans in it.
  invocation.report = async (failures, lambda, isLast = false) => {
    if (isLast) {
      traced.end(new DeadlineExceededError(deadline.remainingMs()));
      // Not first waited for: others have to tell of it as well, in what is left.
      void flusher.flush(deadline.remainingMs());
    }
    await report(failures, lambda, isLast);
  };
  try {
    const reply = await context.with(traced.context, run);
    traced.settle({ reply });
    return reply;
  } catch (error) {
    traced.settle({ error });
    throw error;
  } finally {
    traced.end();
    // Where nothing is recorded there is nothing to wait for.
    if (isRecorded || flusher.hasMore) await flusher.flush(deadline.remainingMs());
  }
}
