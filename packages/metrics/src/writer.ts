import type { AsyncLocalStorage } from "node:async_hooks";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { Entry, MetricDocument } from "./document.ts";
import type { ItemMetric } from "./item-metric.ts";
import type { Metric } from "./metric.ts";
import { type MetricConsole, type OpenMetrics, originalsOf, type Replaceable } from "./open-metrics.ts";
import { warn } from "./warn.ts";

/**
 * A Powertools `Metrics` that writes documents, each at once, so that nothing of another can come into it. Code that calls
 * the instance itself adds to the item in whose course it runs; called outside of all items it is what it was.
 */
export class Writer {
  readonly storage: AsyncLocalStorage<ItemMetric> | undefined;
  readonly #open: OpenMetrics;
  readonly #was: Replaceable;
  #isWriting = false;
  #isFilling = false;

  constructor(metrics: Metrics, storage?: AsyncLocalStorage<ItemMetric>) {
    this.storage = storage;
    // Types are erased here, once: a subclass could say it with them, but the instance of a team is made already.
    this.#open = metrics as unknown as OpenMetrics;
    this.#was = originalsOf(this.#open);
    Object.assign(this.#open, this.#replacements());
  }

  /** The name for `ColdStart` that was set on the instance, or in the environment. */
  get functionName(): string | undefined {
    return this.#open.functionName?.trim();
  }

  get isSingleMetric(): boolean {
    return this.#open.isSingleMetric;
  }

  /** Writes a document, to the instance's own console or to that one. Never throws. */
  write({ labels, entries }: MetricDocument, console?: MetricConsole): void {
    const was = this.#was;
    this.#isWriting = true;
    try {
      // What was collected outside of all items.
      if (was.hasStoredMetrics()) was.publishStoredMetrics();
      was.clearDimensions();
      was.clearMetadata();
      this.#fill({ labels, entries });
      if (was.hasStoredMetrics()) this.#publish(console);
    } catch (error) {
      if (labels.metadata === undefined) return warn(`Metrics could not be written (${namesOf(entries)})`, error);
      warn(`Metrics are written without their metadata (${Object.keys(labels.metadata).join(", ")}), which could not be`, error);
      this.write({ labels: { ...labels, metadata: undefined }, entries }, console);
    } finally {
      this.#isWriting = false;
    }
  }

  #fill({ labels, entries }: MetricDocument): void {
    const was = this.#was;
    const { dimensions = {}, sets = [], metadata = {}, timestamp } = labels;
    // Powertools itself publishes with the hundredth value, and forgets the dimensions of those that come after.
    this.#isFilling = true;
    try {
      for (const [name, value] of Object.entries(dimensions)) attempt(`The dimension "${name}"`, () => was.addDimension(name, value));
      for (const set of sets) attempt("A set of dimensions", () => was.addDimensions(set));
      for (const [key, value] of Object.entries(metadata)) was.addMetadata(key, value);
      if (timestamp !== undefined) was.setTimestamp(timestamp);
      for (const { name, unit, value, resolution } of entries)
        attempt(`A value of the metric "${name}"`, () => was.addMetric(name, unit, value, resolution));
    } finally {
      this.#isFilling = false;
    }
  }

  #publish(console: MetricConsole | undefined): void {
    if (console === undefined) return void this.#was.publishStoredMetrics();
    const own = this.#open.console;
    this.#open.console = console;
    try {
      this.#was.publishStoredMetrics();
    } finally {
      this.#open.console = own;
    }
  }

  #replacements(): Partial<Replaceable> {
    const was = this.#was;
    // While it writes, what Powertools calls of itself is meant for itself.
    const here = (): ItemMetric | undefined => (this.#isWriting ? undefined : this.storage?.getStore());
    const open = this.#open as unknown as Metrics;
    type Collect = "addDimension" | "addDimensions" | "addMetadata" | "addMetric" | "setTimestamp";
    const collect = <Name extends Collect>(name: Name): Replaceable[Name] =>
      ((...args: never[]) => {
        const to: Pick<Metric, Collect> = here() ?? was;
        (to[name] as (...given: never[]) => unknown).apply(to, args);
        return open;
      }) as Replaceable[Name];
    const clear = (name: "clearDimensions" | "clearMetadata" | "clearMetrics") => (): void => (here() ?? was)[name]();
    return {
      addDimension: collect("addDimension"),
      addDimensions: collect("addDimensions"),
      addMetadata: collect("addMetadata"),
      addMetric: collect("addMetric"),
      setTimestamp: collect("setTimestamp"),
      clearDimensions: clear("clearDimensions"),
      clearMetadata: clear("clearMetadata"),
      clearMetrics: clear("clearMetrics"),
      hasStoredMetrics: () => (here() ?? was).hasStoredMetrics(),
      publishStoredMetrics: () => {
        if (this.#isFilling) return open;
        const item = here();
        if (item === undefined) was.publishStoredMetrics();
        else item.publishStoredMetrics();
        return open;
      },
    };
  }
}

/** Leaves out what Powertools refuses. */
function attempt(what: string, add: () => void): void {
  try {
    add();
  } catch (error) {
    warn(`${what} was left out`, error);
  }
}

function namesOf(entries: readonly Entry[]): string {
  return [...new Set(entries.map(({ name }) => name))].slice(0, 10).join(", ");
}
