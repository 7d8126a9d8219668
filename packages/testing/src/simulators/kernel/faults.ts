import type { Random } from "./random.ts";
import type { Subject } from "./subject.ts";

/** When a fault strikes; with none of it, always. What is given must hold all together. */
export interface FaultTrigger {
  /** How likely it is each time that it could strike: a number from 0 to 1. @default 1 */
  readonly probability?: number | undefined;
  /** In which invocations, by their numbers from 1; for `throttle` the numbers of those that are tried. */
  readonly invocations?: readonly number[] | undefined;
  /** For which messages or records, by their ids. For a fault of the invocation: in which it is delivered. */
  readonly ids?: readonly string[] | undefined;
  /** How often at most. @default no limit */
  readonly times?: number | undefined;
}

/** Something that goes wrong. */
export type Fault = FaultTrigger &
  (
    | {
        /** The handler throws for a message, instead of doing its work. A function that `wrap` did not make rejects as a whole. */
        readonly kind: "throw";
        /** @default an `Error` that says it was injected */
        readonly error?: unknown;
      }
    | {
        /** The handler throws for a message, at every delivery. Whether it does is decided once. */
        readonly kind: "poison";
      }
    | {
        /** The handler never settles for a message. */
        readonly kind: "hang";
      }
    | {
        /** The handler begins its work on a message only after `ms` milliseconds. Where that is past the timeout it wakes up in a later invocation of the environment, if there is one. */
        readonly kind: "slow";
        readonly ms: number;
      }
    | {
        /** The environment ends in the middle of the batch: what is done stays done, and the reply is lost. */
        readonly kind: "crash";
        /** When, after the start of the invocation. @default after some of the messages are done */
        readonly afterMs?: number | undefined;
      }
    | {
        /** The function replies, and the reply does not arrive. The environment lives on. */
        readonly kind: "lose-reply";
      }
    | {
        /** Lambda refuses the invocation for want of concurrency, and it is tried again. */
        readonly kind: "throttle";
      }
    | {
        /** A standard queue delivers a message once more by itself, in flight or deleted. */
        readonly kind: "duplicate";
        /** When, after the delivery. @default 1,000 */
        readonly afterMs?: number | undefined;
      }
    | {
        /** SQS refuses what `retryLater` or `sendTo` asks of it for a message. */
        readonly kind: "refuse-call";
      }
  );

export type FaultKind = Fault["kind"];
type FaultOf<Kind extends FaultKind> = Extract<Fault, { readonly kind: Kind }>;

const KINDS: readonly FaultKind[] = ["throw", "poison", "hang", "slow", "crash", "lose-reply", "throttle", "duplicate", "refuse-call"];

/** What an injected fault throws. */
export class InjectedFaultError extends Error {
  override readonly name = "InjectedFaultError";
}

/** Decides what goes wrong. */
export class FaultPlan {
  readonly #faults: readonly { readonly fault: Fault; struck: number }[];
  readonly #random: Random;
  readonly #kinds: ReadonlySet<FaultKind>;

  constructor(faults: readonly Fault[], random: Random) {
    this.#faults = faults.map((fault) => ({ fault, struck: 0 }));
    this.#random = random;
    this.#kinds = new Set(faults.map(({ kind }) => kind));
  }

  /** The fault of a kind that strikes an invocation. */
  ofInvocation<Kind extends FaultKind>(kind: Kind, invocation: number, subjects: readonly Subject[]): FaultOf<Kind> | undefined {
    if (!this.#kinds.has(kind)) return undefined;
    return this.#strike([kind], invocation, ({ ids }) => ids === undefined || subjects.some(({ id }) => ids.includes(id))) as
      | FaultOf<Kind>
      | undefined;
  }

  /** The fault that strikes the handling of a message. */
  ofItem(invocation: number, subject: Subject): FaultOf<"throw" | "hang" | "slow"> | undefined {
    if (this.#kinds.size === 0) return undefined;
    if (this.#kinds.has("poison")) {
      subject.poisoned ??= this.#strike(["poison"], invocation, ({ ids }) => ids === undefined || ids.includes(subject.id)) !== undefined;
      if (subject.poisoned) return { kind: "throw", error: new InjectedFaultError(`${subject.id} is poison`) };
    }
    return this.#strike(["throw", "hang", "slow"], invocation, ({ ids }) => ids === undefined || ids.includes(subject.id)) as
      | FaultOf<"throw" | "hang" | "slow">
      | undefined;
  }

  /** The fault of a kind that strikes a delivery of a message. */
  ofDelivery<Kind extends FaultKind>(kind: Kind, invocation: number, subject: Subject): FaultOf<Kind> | undefined {
    if (!this.#kinds.has(kind)) return undefined;
    return this.#strike([kind], invocation, ({ ids }) => ids === undefined || ids.includes(subject.id)) as FaultOf<Kind> | undefined;
  }

  #strike(kinds: readonly FaultKind[], invocation: number, fits: (fault: Fault) => boolean): Fault | undefined {
    for (const planned of this.#faults) {
      const { fault } = planned;
      if (!kinds.includes(fault.kind) || planned.struck >= (fault.times ?? Infinity)) continue;
      if (fault.invocations !== undefined && !fault.invocations.includes(invocation)) continue;
      if (!fits(fault) || !this.#random.chance(fault.probability ?? 1)) continue;
      planned.struck++;
      return fault;
    }
    return undefined;
  }
}

/**
 * @throws {RangeError} When a number is out of its range.
 * @throws {TypeError} When there is no such fault.
 */
export function checkFaults(where: string, faults: unknown, allowed: readonly FaultKind[] = KINDS): void {
  if (!Array.isArray(faults)) throw new TypeError(`${where}({ faults }) must be a list of faults`);
  for (const [index, fault] of (faults as (Partial<Record<string, unknown>> | null)[]).entries()) {
    const at = `${where}({ faults }), fault ${index + 1}:`;
    const kind = fault?.["kind"];
    if (!allowed.includes(kind as FaultKind)) throw new TypeError(`${at} kind must be one of ${allowed.join(", ")}, got ${String(kind)}`);
    const { probability = 1, times = 1, ms = 0, afterMs = 0, ids = [], invocations = [] } = fault as Record<string, unknown>;
    if (!(typeof probability === "number" && probability >= 0 && probability <= 1))
      throw new RangeError(`${at} probability must be a number from 0 to 1, got ${String(probability)}`);
    for (const [name, value] of Object.entries({ times, ms, afterMs }))
      if (!(typeof value === "number" && value >= 0)) throw new RangeError(`${at} ${name} must be 0 or more, got ${String(value)}`);
    if (kind === "slow" && fault?.["ms"] === undefined) throw new TypeError(`${at} slow must say ms`);
    for (const [name, value] of Object.entries({ ids, invocations }))
      if (!Array.isArray(value)) throw new TypeError(`${at} ${name} must be a list, got ${typeof value}`);
  }
}
