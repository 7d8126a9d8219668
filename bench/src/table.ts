import type { Spread } from "./stats.ts";

/** Rows of text as a table: the first column to the left, the others to the right. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    `  ${widths.map((width, column) => (column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width))).join("   ")}`.trimEnd();
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

/** Nanoseconds in the unit that suits them. */
export function showNs(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1_000) return `${ns.toFixed(0)} ns`;
  if (size < 1_000_000) return `${(ns / 1_000).toPrecision(3)} µs`;
  return `${size < 100_000_000 ? (ns / 1_000_000).toPrecision(3) : (ns / 1_000_000).toFixed(0)} ms`;
}

export function showRatio(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0);
}

/** The middle half of the measurements. */
export function showRange({ low, high }: Spread, show: (value: number) => string): string {
  return `${show(low)} – ${show(high)}`;
}

export function showBytes(bytes: number): string {
  return bytes.toLocaleString("en");
}
