import { showRatio } from "./table.ts";

/** What a figure came to against its budget. */
export interface Verdict {
  readonly figure: string;
  readonly budget: number;
  readonly value: number;
  /** The middle half of the measurements, where there are several. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** A line that says whether the figure is within its budget, and whether the noise could turn it. */
export function showVerdict({ figure, budget, value, low, high }: Verdict, show: (value: number) => string = showRatio): string {
  const mark = value <= budget ? "ok" : "OVER";
  const spread = low === undefined || high === undefined ? "" : ` (${show(low)} – ${show(high)})`;
  const close = low !== undefined && high !== undefined && low <= budget && budget < high ? ", within the noise" : "";
  return `  ${mark.padEnd(4)} ${figure}: ${show(value)}${spread}, budget ${show(budget)}${close}`;
}
