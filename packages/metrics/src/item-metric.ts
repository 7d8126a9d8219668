import type { Dimensions, MetricResolution, MetricUnit } from "@aws-lambda-powertools/metrics/types";
import type { Entry, Labels, MetricDocument } from "./document.ts";
import type { Metric } from "./metric.ts";

/** Where an item's metrics go. */
export interface Collector {
  /** Keeps them until the invocation is settled. */
  readonly keep: (item: ItemMetric) => void;
  /** Writes them now. */
  readonly write: (documents: readonly MetricDocument[]) => void;
  /** Whether each value is written by itself. */
  readonly isSingle: boolean;
  /** Whether the invocation is settled, so that what comes after it is written at once. */
  readonly isSettled: boolean;
}

/** What one item has collected. Light, because most items get one and few use it. */
export class ItemMetric implements Metric {
  readonly #collector: Collector;
  readonly #isSingle: boolean;
  #isKept = false;
  #entries: Entry[] = [];
  #dimensions: Dimensions | undefined;
  #sets: Dimensions[] | undefined;
  #metadata: Record<string, string> | undefined;
  #timestamp: number | Date | undefined;

  constructor(collector: Collector, isSingle: boolean = collector.isSingle) {
    this.#collector = collector;
    this.#isSingle = isSingle;
  }

  addMetric(name: string, unit: MetricUnit, value: number, resolution?: MetricResolution): Metric {
    this.#entries.push({ name, unit, value, resolution });
    if (this.#isSingle || this.#collector.isSettled) return this.publishStoredMetrics(this.#isSingle);
    if (!this.#isKept) {
      this.#isKept = true;
      this.#collector.keep(this);
    }
    return this;
  }

  addDimension(name: string, value: string): Metric {
    this.#dimensions = { ...this.#dimensions, [name]: value };
    return this;
  }

  addDimensions(dimensions: Dimensions): Metric {
    this.#sets = [...(this.#sets ?? []), { ...dimensions }];
    return this;
  }

  addMetadata(key: string, value: string): Metric {
    this.#metadata = { ...this.#metadata, [key]: value };
    return this;
  }

  setTimestamp(timestamp: number | Date): Metric {
    this.#timestamp = timestamp;
    return this;
  }

  singleMetric(): Metric {
    return new ItemMetric(this.#collector, true);
  }

  clearDimensions(): void {
    this.#dimensions = undefined;
    this.#sets = undefined;
  }

  clearMetadata(): void {
    this.#metadata = undefined;
  }

  clearMetrics(): void {
    this.#entries = [];
    this.#timestamp = undefined;
  }

  hasStoredMetrics(): boolean {
    return this.#entries.length > 0;
  }

  /** Writes what there is, as code that calls a Powertools instance may ask for; `forgets` the labels, as Powertools does. */
  publishStoredMetrics(forgets = true): Metric {
    this.#collector.write(this.take());
    if (forgets) {
      this.clearDimensions();
      this.clearMetadata();
      this.clearMetrics();
    }
    return this;
  }

  /** Gives what there is, once. */
  take(): readonly MetricDocument[] {
    if (this.#entries.length === 0) return [];
    const labels: Labels = { dimensions: this.#dimensions, sets: this.#sets, metadata: this.#metadata, timestamp: this.#timestamp };
    const entries = this.#entries;
    this.#entries = [];
    return [{ labels, entries }];
  }
}
