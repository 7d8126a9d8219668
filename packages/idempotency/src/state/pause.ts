/**
 * Waits for `ms`, or until `ended` resolves or the signal is aborted.
 *
 * @throws The reason of the signal.
 */
export function pause(ms: number, signal?: AbortSignal, ended?: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    // The longest that a timer takes; who waits for longer looks again.
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
    signal?.addEventListener("abort", done);
    void ended?.then(done);
    if (signal?.aborted) done();
  });
}
