import type { Layer } from "@lamella/core";
import { type Invocation, invocationOf, type Settled, settled } from "@lamella/core/extend";
import { gathered, type MetricDocument } from "./document.ts";
import { itemCounts } from "./item-counts.ts";
import { type Collector, ItemMetric } from "./item-metric.ts";
import type { Metric } from "./metric.ts";
import type { CommonOptions } from "./metrics-options.ts";
import type { MetricConsole } from "./open-metrics.ts";
import { isRequest, RequestWatch, requestDocument } from "./request-metrics.ts";
import type { Writer } from "./writer.ts";

/** The sources of `@lamella/http` whose items are requests, by their names: this package does not know the other. */
const HTTP: ReadonlySet<string> = new Set(["alb", "functionUrl", "http", "httpApi", "lattice", "restApi"]);

/** What a metrics layer is made of. */
export interface MetricsParts {
  /** Gives the writer, and makes it when it is first asked for. */
  readonly writer: () => Writer;
  readonly storage: Writer["storage"];
  readonly isSingle: boolean;
  readonly counts: Readonly<Record<keyof CommonOptions, boolean>>;
  /** Where lines go instead of to the console of Powertools. */
  readonly console?: MetricConsole | undefined;
}

/** What one invocation has collected. */
class Collected implements Collector {
  readonly items: ItemMetric[] = [];
  readonly isSingle: boolean;
  readonly #write: Collector["write"];
  request: RequestWatch | undefined;
  isSettled = false;

  constructor(write: Collector["write"], isSingle: boolean) {
    this.#write = write;
    this.isSingle = isSingle;
  }

  keep(item: ItemMetric): void {
    this.items.push(item);
  }

  write(documents: readonly MetricDocument[]): void {
    this.#write(documents);
  }
}

/** The layer that gives each item its metrics, and writes them once an invocation. */
export function metricsLayer(parts: MetricsParts): Layer<unknown, {}, { readonly metric: Metric }> {
  const { writer, storage, isSingle, counts, console } = parts;
  const keptIn = ({ kept }: Invocation) => kept?.get(parts) as Collected | undefined;

  const write = (documents: readonly MetricDocument[]): void => {
    writer().write(gathered(documents), console);
  };

  const collectedOf = (invocation: Invocation | undefined): Collected => {
    const known = invocation && keptIn(invocation);
    if (known !== undefined) return known;
    const collected = new Collected(write, isSingle);
    if (invocation !== undefined) (invocation.kept ??= new Map()).set(parts, collected);
    // A `ctx` that was made up has no invocation that could be settled.
    else collected.isSettled = true;
    return collected;
  };

  const tell = (told: Settled): void => {
    const collected = keptIn(told.invocation);
    // In a router, requests to other routes are not this layer's.
    if (told.isNested && collected === undefined) return;
    const documents = documentsOf(told, collected);
    if (collected !== undefined) collected.isSettled = true;
    if (documents.length > 0) write(documents);
  };

  const documentsOf = (told: Settled, collected: Collected | undefined): MetricDocument[] => {
    const documents: MetricDocument[] = [];
    const { coldStart, isBatch, failures, lambda } = told;
    if (coldStart && counts.captureColdStartMetric) {
      const name = writer().functionName ?? lambda.functionName?.trim();
      const dimensions = name === undefined || name === "" ? undefined : { function_name: name };
      documents.push({ labels: { dimensions }, entries: [{ name: "ColdStart", unit: "Count", value: 1 }] });
    }
    if (isBatch && counts.items && !told.isNested) documents.push({ labels: {}, entries: itemCounts(told) });
    if (counts.requests) {
      if (collected?.request !== undefined) documents.push(collected.request.document(failures));
      // Answered for want of something that the layers need, which Lambda does not see.
      else if (failures[0] !== undefined && HTTP.has(told.source))
        documents.push(requestDocument(undefined, failures[0].status ?? 500, undefined));
    }
    return documents.concat((collected?.items ?? []).flatMap((item) => item.take()));
  };

  return {
    name: "metrics",
    hooks: {
      item: (item, ctx, next) => {
        const collected = collectedOf(invocationOf(ctx));
        const metric = new ItemMetric(collected);
        const watch = counts.requests && isRequest(item) ? (collected.request ??= new RequestWatch(item)) : undefined;
        const outcome = storage === undefined ? next({ metric }) : storage.run(metric, next<{ readonly metric: Metric }>, { metric });
        if (watch === undefined || !(outcome instanceof Promise)) return outcome;
        // Beside the chain and not in it, so that nothing waits for it.
        outcome.then(
          (known) => watch.end(known),
          () => watch.end(undefined),
        );
        return outcome;
      },
      watch: settled(tell),
      recorded: (record) =>
        metricsLayer({ ...parts, console: { log: (line) => record(JSON.parse(line) as Readonly<Record<string, unknown>>) } }),
    },
  };
}
