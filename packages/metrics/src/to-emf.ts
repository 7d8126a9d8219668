import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Dimensions, MetricDefinition } from "@aws-lambda-powertools/metrics/types";
import type { Entry, Labels, MetricDocument } from "./document.ts";

/** What is the same in all documents of a writer. */
export interface Frame {
  readonly namespace: string;
  readonly defaults: Dimensions;
}

type Warn = (problem: string) => void;

/** A document with what is left of it once CloudWatch's rules are kept. */
interface Kept {
  readonly definitions: MetricDefinition[];
  readonly values: Record<string, number | number[]>;
}

/** The most dimensions of a set, the defaults included: one fewer than CloudWatch takes, as with Powertools. */
const MOST_DIMENSIONS = 29;
const UNITS: ReadonlySet<string> = new Set(Object.values(MetricUnit));
/** How old and how far ahead a time may be, in milliseconds: two weeks and two hours. */
const [PAST_MS, FUTURE_MS] = [14 * 24 * 3_600_000, 2 * 3_600_000];

/**
 * A document in CloudWatch's shape, member by member what Powertools makes of the same calls; `undefined` where no metric is
 * left. What CloudWatch would not take is left out, each with a warning.
 *
 * AWS: "Specification: Embedded metric format".
 */
// Not by Powertools' own: each access to its store reads an environment variable, which is most of what a value costs there.
export function toEmf({ labels, entries }: MetricDocument, { namespace, defaults }: Frame, warn: Warn): object | undefined {
  const dimensions = keptDimensions(labels.dimensions ?? {}, defaults, warn);
  const sets = (labels.sets ?? []).map((set) => keptSet(set, defaults, warn)).filter((set) => set !== undefined);
  const { _aws: reserved, ...metadata } = labels.metadata ?? {};
  if (reserved !== undefined) warn(`the metadata "_aws", which is CloudWatch's own`);
  const others: Readonly<Record<string, string>> = Object.assign({}, metadata, defaults, dimensions, ...sets);
  const { definitions, values } = keptMetrics(entries, others, warn);
  if (definitions.length === 0) return undefined;
  const names = Object.keys(defaults);
  const all = sets.map((set) => [...new Set([...names, ...Object.keys(set)])]);
  if (Object.keys(dimensions).length > 0) all.unshift([...new Set([...names, ...Object.keys(dimensions)])]);
  // Without any dimension an empty set, where Powertools writes none, which the specification does not allow.
  if (all.length === 0) all.push(names);
  const Timestamp = timeOf(labels.timestamp, warn);
  return {
    _aws: { Timestamp, CloudWatchMetrics: [{ Namespace: namespace, Dimensions: all, Metrics: definitions }] },
    ...others,
    ...values,
  };
}

function keptMetrics(entries: readonly Entry[], others: object, warn: Warn): Kept {
  const definitions = new Map<string, MetricDefinition>();
  const values: Kept["values"] = {};
  for (const { name, unit, value, resolution } of entries) {
    const known = definitions.get(name);
    const problem = problemOf({ name, unit, value, resolution }, known, others);
    if (problem !== undefined) warn(`a value of the metric "${String(name)}", ${problem}`);
    else if (known === undefined) {
      definitions.set(name, { Name: name, Unit: unit, ...(resolution === 1 ? { StorageResolution: 1 } : {}) });
      values[name] = value;
    } else {
      const before = values[name];
      if (Array.isArray(before)) before.push(value);
      else values[name] = [before as number, value];
    }
  }
  return { definitions: [...definitions.values()], values };
}

function problemOf({ name, unit, value, resolution }: Entry, known: MetricDefinition | undefined, others: object): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return "which is no finite number";
  if (known !== undefined) return known.Unit === unit ? undefined : `which is in ${unit} and not in ${known.Unit}, as the first`;
  if (typeof name !== "string" || name.length === 0 || name.length > 255) return "whose name is no text of 1 to 255 characters";
  if (!UNITS.has(unit)) return `whose unit "${String(unit)}" CloudWatch does not know`;
  if (resolution !== undefined && resolution !== 1 && resolution !== 60) return "whose resolution is neither 1 nor 60";
  return name === "_aws" || Object.hasOwn(others, name) ? "whose name a dimension or metadata has" : undefined;
}

function keptDimensions(dimensions: Dimensions, defaults: Dimensions, warn: Warn): Dimensions {
  const kept: Dimensions = {};
  let count = Object.keys(defaults).length;
  for (const [name, value] of Object.entries(dimensions)) {
    const isMore = !Object.hasOwn(defaults, name);
    if (!isDimension(name, value)) warn(`the dimension "${name}", which is no text of 1 to 1,024 characters`);
    else if (isMore && count === MOST_DIMENSIONS) warn(`the dimension "${name}", because there are ${MOST_DIMENSIONS} already`);
    else {
      kept[name] = value;
      if (isMore) count++;
    }
  }
  return kept;
}

function keptSet(set: Dimensions, defaults: Dimensions, warn: Warn): Dimensions | undefined {
  const kept = Object.fromEntries(
    Object.entries(set).filter(([name, value]) => {
      if (isDimension(name, value)) return true;
      warn(`the dimension "${name}", which is no text of 1 to 1,024 characters`);
      return false;
    }),
  );
  if (new Set([...Object.keys(defaults), ...Object.keys(kept)]).size <= MOST_DIMENSIONS) return kept;
  warn(`a set of dimensions, which has more than ${MOST_DIMENSIONS}`);
  return undefined;
}

function isDimension(name: string, value: unknown): boolean {
  return name.trim() !== "" && name !== "_aws" && typeof value === "string" && value.trim() !== "" && value.length <= 1_024;
}

function timeOf(timestamp: Labels["timestamp"], warn: Warn): number {
  const now = Date.now();
  if (timestamp === undefined) return now;
  const at = Number(timestamp);
  if (Number.isInteger(at) && at >= now - PAST_MS && at <= now + FUTURE_MS) return at;
  warn("the time of a metric, which is not within 14 days back and 2 hours ahead");
  return now;
}
