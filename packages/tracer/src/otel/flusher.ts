import { diag, type TracerProvider, trace } from "@opentelemetry/api";
import type { OtelSetup } from "./otel-options.ts";

/** What is left for the reply itself once the spans are out, in milliseconds. */
const REPLY_MS = 50;

/** What the providers of SDKs have besides. */
interface Flushing extends TracerProvider {
  readonly forceFlush?: ((options: { readonly timeoutMillis: number }) => Promise<unknown>) | undefined;
  /** Of the API's own provider, behind which the SDK's stands. */
  readonly getDelegate?: (() => Flushing) | undefined;
}

/**
 * Has finished spans exported. One flush at a time, which all wait for that overlap: exporters take so many requests at
 * once and drop what is more, and a provider does not wait for what another flush has under way.
 */
export class Flusher {
  readonly #setup: OtelSetup;
  #running: Promise<void> | undefined;
  /** What begins when that is through, for those whose spans it may have missed. */
  #next: Promise<void> | undefined;

  constructor(setup: OtelSetup) {
    this.#setup = setup;
  }

  /** Whether it flushes more than spans. */
  get hasMore(): boolean {
    return this.#setup.flush !== undefined;
  }

  /**
   * Exports what is finished, and waits for it, because Lambda stops the process with the reply; not longer than the
   * invocation has, and whatever comes of it.
   */
  async flush(remainingMs: number): Promise<void> {
    const { flushTimeoutMs } = this.#setup;
    const timeoutMs = Math.min(flushTimeoutMs, remainingMs - REPLY_MS);
    if (timeoutMs <= 0) return;
    const isFirst = this.#running === undefined;
    const flushing = this.#join();
    // One that is started now ends in time by itself.
    await (isFirst && timeoutMs === flushTimeoutMs ? flushing : within(timeoutMs, flushing));
  }

  #join(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  #start(): Promise<void> {
    const { flushTimeoutMs, flush } = this.#setup;
    const registered: Flushing = trace.getTracerProvider();
    const provider = registered.getDelegate?.() ?? registered;
    const flushes = [attempt(async () => provider.forceFlush?.({ timeoutMillis: flushTimeoutMs })), attempt(async () => flush?.())];
    // One that hangs must not hold up those of later invocations.
    const running = within(flushTimeoutMs, Promise.all(flushes)).then(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}

/** Waits for what never rejects, and no longer than `timeoutMs`. */
async function within(timeoutMs: number, flushing: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      diag.warn(`[lamella] The spans were not exported within ${Math.round(timeoutMs)} ms.`);
      resolve();
    }, timeoutMs);
  });
  await Promise.race([flushing, timeout]);
  clearTimeout(timer);
}

async function attempt(flushOne: () => Promise<unknown>): Promise<void> {
  try {
    await flushOne();
  } catch (error) {
    diag.error("[lamella] The spans could not be exported:", error);
  }
}
