import type { AsyncLocalStorage } from "node:async_hooks";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { MetricDocument } from "./document.ts";
import type { ItemMetric } from "./item-metric.ts";
import type { Metric } from "./metric.ts";
import { type MetricConsole, type OpenMetrics, originalsOf, type Replaceable } from "./open-metrics.ts";
import { type Frame, toEmf } from "./to-emf.ts";

export interface WriterOptions {
  /** Where code finds its item that calls the instance itself and not `ctx.metric`. */
  readonly storage?: AsyncLocalStorage<ItemMetric> | undefined;
  /** Takes what is to be said of metrics that are wrong. @default the console */
  readonly logger?: { readonly warn: (text: string) => void } | undefined;
}

type Collect = "addDimension" | "addDimensions" | "addMetadata" | "addMetric" | "setTimestamp";

/**
 * Writes documents as a Powertools `Metrics` would: with its namespace, its default dimensions and its console. Code that
 * calls the instance itself adds to the item in whose course it runs; called outside of all items it is what it was.
 */
export class Writer {
  readonly storage: AsyncLocalStorage<ItemMetric> | undefined;
  readonly #logger: WriterOptions["logger"];
  readonly #open: OpenMetrics;
  readonly #was: Replaceable;
  /** While the instance is called for what it holds itself. */
  #isApart = false;
  /** Kept until the default dimensions change. */
  #defaults: Frame["defaults"] | undefined;

  constructor(metrics: Metrics, { storage, logger }: WriterOptions = {}) {
    this.storage = storage;
    this.#logger = logger;
    // Types are erased here, once: a subclass could say it with them, but the instance of a team is made already.
    this.#open = metrics as unknown as OpenMetrics;
    this.#was = originalsOf(this.#open);
    if (storage !== undefined) Object.assign(this.#open, this.#replacements(storage));
  }

  /** The name for `ColdStart` that was set on the instance, or in the environment. */
  get functionName(): string | undefined {
    return this.#open.functionName?.trim();
  }

  get isSingleMetric(): boolean {
    return this.#open.isSingleMetric;
  }

  /** Writes documents, to the instance's own console or to that one. Never throws. */
  write(documents: readonly MetricDocument[], console: MetricConsole = this.#open.console): void {
    try {
      // What was collected outside of all items.
      if (this.storage !== undefined) this.#apart(() => this.#was.hasStoredMetrics() && this.#was.publishStoredMetrics());
      if (this.#open.disabled) return;
      this.#defaults ??= this.#readDefaults();
    } catch (error) {
      return this.#warn(`metrics, which Powertools refused: ${String(error)}`);
    }
    const frame: Frame = { namespace: this.#open.namespace || "default_namespace", defaults: this.#defaults };
    for (const document of documents) this.#writeOne(document, frame, console);
  }

  #writeOne({ labels, entries }: MetricDocument, frame: Frame, console: MetricConsole): void {
    try {
      const emf = toEmf({ labels, entries }, frame, (problem) => this.#warn(problem));
      if (emf !== undefined) console.log(JSON.stringify(emf));
    } catch (error) {
      const names = Object.keys(labels.metadata ?? {});
      this.#warn(names.length === 0 ? `metrics: ${String(error)}` : `the metadata ${names.join(", ")}: ${String(error)}`);
      if (names.length > 0) this.#writeOne({ labels: { ...labels, metadata: undefined }, entries }, frame, console);
    }
  }

  /** Of the instance with nothing in it, which is all that it tells of them. */
  #readDefaults(): Frame["defaults"] {
    return this.#apart(() => {
      const { shouldThrowOnEmptyMetrics } = this.#open;
      this.#was.clearDimensions();
      this.#was.clearMetadata();
      this.#open.shouldThrowOnEmptyMetrics = false;
      try {
        const { _aws: _, ...defaults } = this.#was.serializeMetrics();
        return defaults as Frame["defaults"];
      } finally {
        this.#open.shouldThrowOnEmptyMetrics = shouldThrowOnEmptyMetrics;
      }
    });
  }

  #apart<Result>(act: () => Result): Result {
    this.#isApart = true;
    try {
      return act();
    } finally {
      this.#isApart = false;
    }
  }

  #warn(leftOut: string): void {
    try {
      (this.#logger ?? console).warn(`[lamella] metrics() left out ${leftOut}`);
    } catch {
      // There is nowhere left to say it.
    }
  }

  #replacements(storage: AsyncLocalStorage<ItemMetric>): Partial<Replaceable> {
    const was = this.#was;
    const open = this.#open as unknown as Metrics;
    // What Powertools calls of itself is meant for itself.
    const here = (): ItemMetric | undefined => (this.#isApart ? undefined : storage.getStore());
    const collect =
      (name: Collect) =>
      (...args: never[]): Metrics => {
        const to: Pick<Metric, Collect> = here() ?? was;
        (to[name] as (...given: never[]) => unknown).apply(to, args);
        return open;
      };
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
        const item = here();
        // Apart, because it asks itself what it holds, and clears it.
        if (item === undefined) this.#apart(() => was.publishStoredMetrics());
        else item.publishStoredMetrics();
        return open;
      },
      setDefaultDimensions: (dimensions) => {
        this.#defaults = undefined;
        was.setDefaultDimensions(dimensions);
        return open;
      },
      clearDefaultDimensions: () => {
        this.#defaults = undefined;
        was.clearDefaultDimensions();
      },
    };
  }
}
