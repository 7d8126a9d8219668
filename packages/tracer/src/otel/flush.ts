import { diag, type TracerProvider, trace } from "@opentelemetry/api";
import type { OtelSetup } from "./otel-options.ts";

/** What is left for the reply itself once the spans are out, in milliseconds. */
const REPLY_MS = 50;

interface Flushing {
  readonly forceFlush?: ((options: { readonly timeoutMillis: number }) => Promise<unknown>) | undefined;
}

/**
 * Has the finished spans exported, and waits for it, because Lambda stops the process with the reply; not longer than the
 * invocation has, and whatever comes of it.
 */
export async function flush({ flushTimeoutMs, flush: flushOthers }: OtelSetup, remainingMs: number): Promise<void> {
  const timeoutMillis = Math.min(flushTimeoutMs, remainingMs - REPLY_MS);
  if (timeoutMillis <= 0) return;
  const provider = sdkOf(trace.getTracerProvider()) as Flushing;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      diag.warn(
        `[lamella] The spans were not exported within ${Math.round(timeoutMillis)} ms. The export goes on with the next invocation.`,
      );
      resolve();
    }, timeoutMillis);
  });
  const flushes = [attempt(async () => provider.forceFlush?.({ timeoutMillis })), attempt(async () => flushOthers?.())];
  await Promise.race([Promise.all(flushes), timeout]);
  clearTimeout(timer);
}

async function attempt(flushOne: () => Promise<unknown>): Promise<void> {
  try {
    await flushOne();
  } catch (error) {
    diag.error("[lamella] The spans could not be exported:", error);
  }
}

/** The provider of the SDK behind the one of the API. */
export function sdkOf(provider: TracerProvider): TracerProvider {
  return (provider as { readonly getDelegate?: () => TracerProvider }).getDelegate?.() ?? provider;
}
