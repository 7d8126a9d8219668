/** Says what is wrong with a metric, where the work goes on. Never throws. */
export function warn(problem: string, error: unknown): void {
  try {
    console.warn(`[lamella] ${problem}:`, error);
  } catch {
    // There is nowhere left to say it.
  }
}
