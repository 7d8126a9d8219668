import { type AnyLambda, type AnyLayer, type Base, dispatch, type Failure, type LambdaContext } from "@lamella/core";
import { assemble, dispatchedBy, type Parts, partsOf } from "@lamella/core/extend";
import { type FaultPlan, InjectedFaultError } from "./faults.ts";
import type { FunctionHost, HostedHandler, Invocation, Visit } from "./function-host.ts";
import { type Journal, toText } from "./journal.ts";
import type { Subject } from "./subject.ts";

type Handler = Parts["handler"];
type Around = (item: unknown, ctx: Base, next: () => Promise<never>) => Promise<never>;

/** Never settles: what is injected as a hang, and what is left of an environment that has ended. */
const never = (): Promise<never> => new Promise<never>(() => {});

/** Watches what a function does with each message: around its handler, around its layers, and what the engine reports. */
export class Observer {
  readonly #host: FunctionHost;
  readonly #journal: Journal;
  readonly #faults: FaultPlan;

  constructor(host: FunctionHost, journal: Journal, faults: FaultPlan) {
    this.#host = host;
    this.#journal = journal;
    this.#faults = faults;
  }

  /** The same function, watched; `undefined` for one that `wrap` did not make, which shows nothing of its messages. */
  watch(handler: AnyLambda): HostedHandler | undefined {
    const handlers = dispatchedBy(handler) ?? [handler];
    const parts = handlers.map((one) => partsOf(one));
    if (!parts.every((one) => one !== undefined)) return undefined;
    const watched = parts.map((one) => assemble(this.#watchParts(one)));
    return (watched.length === 1 ? watched[0] : dispatch(...watched)) as HostedHandler;
  }

  #watchParts({ source, base, layers, handler }: Parts): Parts {
    const report: AnyLayer = { name: "simulator", hooks: { report: (failures, lambda) => this.#report(failures, lambda) } };
    // Only where layers stand around the items already: one more would change how the engine runs them.
    const around: AnyLayer[] = layers.some(({ hooks }) => hooks.item)
      ? [{ name: "simulator", hooks: { item: this.#aroundLayers as never } }]
      : [];
    return { source, base, layers: [report, ...around, ...layers], handler: this.#watchHandler(handler) };
  }

  #report(failures: readonly Failure[], lambda: LambdaContext): void {
    const invocation = this.#host.of(lambda);
    if (invocation === undefined) return;
    for (const { delivery, fate, error } of failures) {
      const subject = invocation.subjects[delivery.index];
      if (subject === undefined) continue;
      const visit = visitOf(invocation, delivery.index);
      visit.fate = fate;
      if (visit.attempt !== undefined) visit.attempt.fate = fate;
      // What is in another queue now is not ignored.
      if (fate === "ignore" && subject.forwardedBy.has(invocation.number)) continue;
      if (fate === "ignore") this.#journal.settled(subject, "ignored", invocation, toText(error), visit.attempt);
      // What the handler was never called for, such as a payload that does not fit.
      else if (visit.attempt === undefined && fate !== "unrun") this.#journal.note("failed", [subject.id], invocation, toText(error));
    }
  }

  readonly #aroundLayers: Around = async (_item, ctx, next) => {
    const invocation = this.#host.of(ctx.lambda);
    const { index } = ctx.delivery;
    const subject = invocation?.subjects[index];
    const isWhole = invocation !== undefined && ctx.delivery.id === ctx.lambda.awsRequestId;
    if (invocation === undefined || subject === undefined || isWhole) return next();
    try {
      const outcome = await next();
      if (visitOf(invocation, index).attempt?.ended !== "handled") this.#journal.settled(subject, "answered", invocation, "by a layer");
      return outcome;
    } catch (error) {
      visitOf(invocation, index).hasLayerFailed = true;
      throw error;
    }
  };

  #watchHandler(handler: Handler): Handler {
    return (item: never, ctx: never) => {
      const { lambda, delivery } = ctx as Base;
      const invocation = this.#host.of(lambda);
      if (invocation === undefined) return handler(item, ctx);
      if (isBatch(item)) return this.#runBatch(handler, item, ctx, invocation);
      const subject = invocation.subjects[delivery.index];
      return subject === undefined ? handler(item, ctx) : this.#runItem(handler, item, ctx, invocation, subject, delivery.index);
    };
  }

  #runItem(handler: Handler, item: never, ctx: never, invocation: Invocation, subject: Subject, index: number): unknown {
    if (invocation.isCrashing) return never();
    const fault = this.#faults.ofItem(invocation.number, subject);
    const attempt = this.#journal.started(subject, invocation);
    visitOf(invocation, index).attempt = attempt;
    const done = (output: unknown): unknown => {
      this.#journal.ended(subject, attempt, "handled", invocation);
      return this.#host.doneOne(invocation) ? never() : output;
    };
    const failed = (error: unknown): never => {
      this.#journal.ended(subject, attempt, "failed", invocation, error);
      throw error;
    };
    if (fault?.kind === "hang") return never();
    if (fault?.kind === "slow")
      return after(fault.ms)
        .then(() => handler(item, ctx))
        .then(done, failed);
    let output: unknown;
    try {
      if (fault !== undefined) throw "error" in fault ? fault.error : new InjectedFaultError(`injected for ${subject.id}`);
      output = handler(item, ctx);
    } catch (error) {
      return failed(error);
    }
    return isThenable(output) ? Promise.resolve(output).then(done, failed) : done(output);
  }

  /** `whole(…)`: every message is in it at once, and what `fail` does not name is done when the handler is. */
  #runBatch(handler: Handler, batch: Batch, ctx: never, invocation: Invocation): unknown {
    if (invocation.isCrashing) return never();
    const places = batch.items.map((item) => placeOf(item, invocation));
    const running = new Map(
      places.flatMap((index) => {
        const subject = invocation.subjects[index];
        if (subject === undefined) return [];
        const attempt = this.#journal.started(subject, invocation, true);
        visitOf(invocation, index).attempt = attempt;
        return [[index, { subject, attempt }] as const];
      }),
    );
    const end = (index: number, ended: "handled" | "failed", error?: unknown) => {
      const one = running.get(index);
      if (one !== undefined) this.#journal.ended(one.subject, one.attempt, ended, invocation, error);
      running.delete(index);
    };
    const fail = (item: BatchItem, error: unknown) => {
      end(placeOf(item, invocation), "failed", error);
      batch.fail(item, error);
    };
    const watched = new Proxy(batch, { get: (target, name) => (name === "fail" ? fail : Reflect.get(target, name, target)) });
    const faults = [...running.values()].map(({ subject }) => this.#faults.ofItem(invocation.number, subject));
    if (faults.some((fault) => fault?.kind === "hang")) return never();
    const slowMs = Math.max(0, ...faults.map((fault) => (fault?.kind === "slow" ? fault.ms : 0)));
    const thrown = faults.find((fault) => fault?.kind === "throw");
    const run = async () => {
      try {
        if (slowMs > 0) await after(slowMs);
        if (thrown !== undefined) throw "error" in thrown ? thrown.error : new InjectedFaultError("injected");
        const output = await handler(watched as never, ctx);
        let isCrashing = false;
        for (const index of running.keys()) {
          end(index, "handled");
          isCrashing = this.#host.doneOne(invocation);
        }
        return isCrashing ? await never() : output;
      } catch (error) {
        for (const index of running.keys()) end(index, "failed", error);
        throw error;
      }
    };
    return run();
  }
}

export function visitOf(invocation: Invocation, index: number): Visit {
  return (invocation.visits[index] ??= { attempt: undefined, hasLayerFailed: false, fate: undefined });
}

interface BatchItem {
  readonly raw: unknown;
  /** Of a record of an aggregate, which has the aggregate as `raw`. */
  readonly subSequenceNumber?: number | undefined;
}

interface Batch {
  readonly items: readonly BatchItem[];
  readonly fail: (item: BatchItem, error: unknown) => void;
}

function placeOf({ raw, subSequenceNumber = 0 }: BatchItem, { records }: Invocation): number {
  const first = records.indexOf(raw);
  return first === -1 ? -1 : first + subSequenceNumber;
}

function isBatch(item: unknown): item is Batch {
  if (typeof item !== "object" || item === null) return false;
  const { items, fail } = item as Partial<Batch>;
  return Array.isArray(items) && typeof fail === "function";
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function";
}
