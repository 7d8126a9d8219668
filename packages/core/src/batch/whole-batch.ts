import { NotRunError } from "../errors/not-run-error.ts";
import { OutputError } from "../errors/output-error.ts";
import { PayloadError } from "../errors/payload-error.ts";
import type { LambdaContext } from "../lambda.ts";
import { toOutcome } from "../outcome.ts";
import type { BatchFormat } from "./batch-source.ts";
import type { Ledger } from "./ledger.ts";
import { isRecord } from "./records.ts";
import { openWindow } from "./window.ts";

interface Failed {
  readonly index: number;
  readonly error: unknown;
}

/** A batch on its way through the chain as one item. */
export class WholeBatch {
  /** The items that the handler gets, once the payloads are decoded. */
  items: readonly unknown[];
  readonly #ledger: Ledger;
  readonly #format: BatchFormat;
  readonly #event: never;
  readonly #keys: readonly string[] | undefined;
  /** By index; `undefined` where a record could not be opened. */
  readonly #opened: readonly unknown[];
  readonly #indexes: ReadonlyMap<unknown, number>;
  /** What the handler said of single items, by index. */
  readonly #said = new Map<number, Failed>();
  /** The first record of each key that comes again. */
  readonly #blocked = new Map<string, Failed>();

  constructor(ledger: Ledger, event: never, keyOf: ((raw: never) => string) | undefined, lambda: LambdaContext) {
    const { format, records } = ledger;
    this.#ledger = ledger;
    this.#format = format;
    this.#event = event;
    this.#keys = keyOf && records.map((raw) => (isRecord(raw) ? keyOf(raw) : ""));
    this.#opened = records.map((raw) => (isRecord(raw) ? format.item(raw, lambda, event) : undefined));
    this.#indexes = new Map(this.#opened.map((item, index) => [item, index]));
    this.items = this.#opened.filter((item) => item !== undefined);
  }

  // A property, so that it can be taken out of the item.
  readonly fail = (item: unknown, error: unknown): void => {
    const index = item === undefined ? undefined : this.#indexes.get(item);
    if (index === undefined) throw new TypeError("fail(item, error) must have an item of this batch");
    if (!this.#said.has(index)) this.#said.set(index, { index, error });
  };

  /**
   * Decodes the payloads, and sets apart those that do not fit, with the rest of their keys.
   *
   * @throws {unknown} The first failure, when nothing is left for the handler, or it would only be called again.
   */
  async "~decode"(): Promise<this> {
    let first: Failed | undefined;
    for (const [index, item] of this.#opened.entries()) {
      const failed = this.#blocker(index) ?? (await this.#decodeOne(index, item));
      first ??= failed;
      if (failed !== undefined) await this.#settle(failed, index, "unrun");
    }
    this.items = this.#opened.filter((_item, index) => !this.#ledger.isSettled(index));
    const { carry } = this.#format;
    const isVain = carry === undefined ? this.items.length === 0 : this.#blocked.size > 0;
    if (isVain && first !== undefined) throw first.error;
    return carry === undefined ? this : Object.assign(this, await openWindow(carry, this.#event));
  }

  /**
   * Settles what is left: by what was said of it, or else as the batch came out. `answers` is what the handler returned,
   * where that is the answers of all items.
   */
  async settle(outcome: { readonly error: unknown } | undefined, answers?: { readonly output: unknown }): Promise<void> {
    if (outcome === undefined && answers !== undefined) return this.#settleAnswered(answers.output);
    for (const index of this.#opened.keys()) {
      if (this.#ledger.isSettled(index)) continue;
      // Behind a record of its key that comes again it comes again too, done or not, or the order would break.
      const failed = this.#blocker(index) ?? this.#said.get(index) ?? (outcome && { index, error: outcome.error });
      if (failed === undefined) this.#ledger.succeeded(index);
      else if (outcome !== undefined && this.#format.carry !== undefined) this.#ledger.failed(index, outcome.error, "retry");
      else await this.#settle(failed, index, "retry");
    }
  }

  async #settle(failed: Failed, index: number, whenBlocked: "unrun" | "retry"): Promise<void> {
    if (failed.index !== index) return this.#ledger.failed(index, new NotRunError(failed.error), whenBlocked);
    const verdict = await this.#ledger.judge(index, failed.error);
    this.#ledger.failed(index, failed.error, verdict);
    const key = this.#keys?.[index];
    if (verdict === "retry" && key !== undefined && this.#blocker(index) === undefined) this.#blocked.set(key, failed);
  }

  async #settleAnswered(output: unknown): Promise<void> {
    const { items } = this;
    if (!Array.isArray(output) || output.length !== items.length)
      return this.settle({ error: new OutputError({ part: "list", problem: problemOf(output, items.length) }) });
    const { finish = toOutcome } = this.#format;
    const places = new Map(items.map((item, place) => [item, place]));
    for (const [index, item] of this.#opened.entries()) {
      if (this.#ledger.isSettled(index)) continue;
      try {
        const said = this.#said.get(index);
        if (said !== undefined) throw said.error;
        if (item === undefined) throw new PayloadError({ part: "record", problem: "is not an object" });
        this.#ledger.outputs[index] = await finish(output[places.get(item) as number], item as never);
        this.#ledger.succeeded(index);
      } catch (error) {
        await this.#settle({ index, error }, index, "retry");
      }
    }
  }

  async #decodeOne(index: number, item: unknown): Promise<Failed | undefined> {
    try {
      if (item === undefined) throw new PayloadError({ part: "record", problem: "is not an object" });
      await this.#format.decode?.(item as never);
      return undefined;
    } catch (error) {
      return { index, error };
    }
  }

  /** The record of the same key that stands before this one and comes again. */
  #blocker(index: number): Failed | undefined {
    const key = this.#keys?.[index];
    const blocked = key === undefined ? undefined : this.#blocked.get(key);
    return blocked !== undefined && blocked.index < index ? blocked : undefined;
  }
}

function problemOf(output: unknown, items: number): string {
  return Array.isArray(output) ? `has ${output.length} answers for ${items} items` : `is no list of ${items} answers`;
}
