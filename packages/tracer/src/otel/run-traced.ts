import { DeadlineExceededError } from "@lamella/core";
import { context } from "@opentelemetry/api";
import type { Flusher } from "./flusher.ts";
import type { InvocationTrace } from "./invocation-trace.ts";

/** What tells how much time is left. */
export interface TimeLeft {
  readonly remainingMs: () => number;
  /** Aborted when the deadline is near; `undefined` where nothing tells. */
  readonly signal: AbortSignal | undefined;
  /** How long before the timeout what still runs is given up, in milliseconds. */
  readonly hardMs: number;
}

/** How long the core lets layers unwind around what was given up, in milliseconds. */
const UNWIND_MS = 50;

/** Runs an invocation in its span, and has all of it exported before the reply goes out. */
export async function runTraced<Reply>(
  traced: InvocationTrace,
  flusher: Flusher,
  time: TimeLeft,
  run: () => Promise<Reply>,
): Promise<Reply> {
  const stopWatching = watchDeadline(traced, flusher, time);
  try {
    const reply = await context.with(traced.context, run);
    traced.settle({ reply });
    return reply;
  } catch (error) {
    traced.settle({ error });
    throw error;
  } finally {
    stopWatching();
    traced.end();
    await flusher.flush(time.remainingMs());
  }
}

/**
 * Ends and exports what is open at the last moment, where nothing else does: an ordered batch that is stuck makes no reply,
 * and Lambda ends the process with the spans in it.
 */
function watchDeadline(traced: InvocationTrace, flusher: Flusher, { remainingMs, signal, hardMs }: TimeLeft): () => void {
  if (signal === undefined) return () => {};
  let timer: NodeJS.Timeout | undefined;
  // After what is given up has had its time, so that what came out is what is told.
  const lastMs = Math.max(0, hardMs - Math.min(UNWIND_MS, hardMs / 2) - 10);
  const onSoft = (): void => {
    timer = setTimeout(
      () => {
        traced.end(new DeadlineExceededError(remainingMs()));
        // With what would be left for a reply, because none is made.
        void flusher.flush(remainingMs() + UNWIND_MS / 2);
      },
      Math.max(0, remainingMs() - lastMs),
    );
  };
  if (signal.aborted) onSoft();
  else signal.addEventListener("abort", onSoft, { once: true });
  return () => {
    signal.removeEventListener("abort", onSoft);
    clearTimeout(timer);
  };
}
