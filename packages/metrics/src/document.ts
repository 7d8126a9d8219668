import type { Dimensions, MetricResolution, MetricUnit } from "@aws-lambda-powertools/metrics/types";

/** One value of a metric. */
export interface Entry {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly value: number;
  readonly resolution?: MetricResolution | undefined;
}

/** What all metrics of a document have in common. */
export interface Labels {
  readonly dimensions?: Dimensions | undefined;
  readonly sets?: readonly Dimensions[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly timestamp?: number | Date | undefined;
}

/** What CloudWatch gets as one line. */
export interface MetricDocument {
  readonly labels: Labels;
  readonly entries: readonly Entry[];
}

/** The most metrics of a document, and the most values of a metric. AWS: "Specification: Embedded metric format". */
const MOST = 100;

/** As few documents as may be: those with the same labels become one, as far as CloudWatch's limits allow. */
export function gathered(documents: readonly MetricDocument[]): MetricDocument[] {
  const groups = new Map<unknown, { labels: Labels; entries: Entry[] }>();
  for (const { labels, entries } of documents) {
    const key = keyOf(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, entries: [...entries] });
    else for (const entry of entries) group.entries.push(entry);
  }
  return [...groups.values()].flatMap(({ labels, entries }) => split(entries).map((some) => ({ labels, entries: some })));
}

function keyOf(labels: Labels): unknown {
  const { dimensions, sets, metadata, timestamp } = labels;
  if (dimensions === undefined && sets === undefined && metadata === undefined && timestamp === undefined) return "";
  try {
    return JSON.stringify([dimensions, sets, metadata, timestamp]);
  } catch {
    // Metadata that is no JSON is like no other.
    return labels;
  }
}

function split(entries: readonly Entry[]): (readonly Entry[])[] {
  // Most: with as many values in all there are no more metrics, and no more values of one.
  if (entries.length <= MOST) return [entries];
  const metrics = [...Map.groupBy(entries, ({ name }) => name).values()];
  const parts: Entry[][] = [];
  for (let from = 0; ; from += MOST) {
    const rest = metrics.filter(({ length }) => length > from);
    if (rest.length === 0) return parts;
    for (let first = 0; first < rest.length; first += MOST)
      parts.push(rest.slice(first, first + MOST).flatMap((values) => values.slice(from, from + MOST)));
  }
}
