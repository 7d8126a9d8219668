import { takeColdStart } from "./cold-start.ts";
import type { Deadline } from "./context.ts";
import { momentsOf, remainingMsOf, type SourceDeadline } from "./deadline.ts";
import { DeadlineExceededError } from "./errors/deadline-exceeded-error.ts";
import type { Failure } from "./failure.ts";
import type { LambdaContext } from "./lambda.ts";

/** What the deadline's two moments set off. */
export interface DeadlineWatch {
  /** No new item may start. */
  onSoft?(error: DeadlineExceededError): void;
  /** Work that still runs is to be given up. */
  onHard(error: DeadlineExceededError): void;
  /** What was given up has had its time to unwind. */
  onLast(error: DeadlineExceededError): void;
}

/** How long layers may take to unwind around a handler that was given up, in milliseconds. */
const UNWIND_MS = 50;

/** Reports what failed, and rejects never; `isLast` where no reply follows, so that Lambda is about to end the invocation. */
export type Report = (failures: readonly Failure[], lambda: LambdaContext, isLast?: boolean) => void | Promise<void>;

/** What an event was opened into. */
export interface Opened {
  readonly records: readonly unknown[];
  /** How many records of a batch are done; `undefined` where an event is one item. */
  readonly done?: number | undefined;
  /** When a record came to be, as its service tells it, in milliseconds since the epoch. */
  readonly format: { readonly recordedAt?: ((raw: never) => number | undefined) | undefined };
}

/** One run of the function. Everything that belongs to it hangs here, and nothing at module level. */
export class Invocation {
  readonly lambda: LambdaContext;
  readonly coldStart: boolean;
  /** Whoever watches the invocation puts a report of its own before this one. */
  report: Report;
  /** Set by the source once it has opened the event. */
  opened: Opened | undefined;
  /** What layers keep for the whole invocation, each under an object of its own. */
  // Not in a `WeakMap` of the layer's: each invocation in one costs more to collect than all that most layers do.
  kept: Map<object, unknown> | undefined;
  readonly #options: SourceDeadline;
  /** When the caller gives up, as a time; `undefined` where it waits as long as Lambda does. */
  readonly #awaitedUntil: number | undefined;
  #moments: ReturnType<typeof momentsOf> | undefined;
  #watch: DeadlineWatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #exceeded: DeadlineExceededError | undefined;
  #controller: AbortController | undefined;
  #deadline: Deadline | undefined;

  constructor(lambda: LambdaContext, options: SourceDeadline, report: Report) {
    this.lambda = lambda;
    this.coldStart = takeColdStart();
    this.report = report;
    this.#options = options;
    this.#awaitedUntil = options.awaitedMs === undefined ? undefined : Date.now() + options.awaitedMs;
  }

  /** Reports one failure. */
  tell(failure: Failure): void | Promise<void> {
    return this.report([failure], this.lambda);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#exceeded !== undefined) this.#controller.abort(this.#exceeded);
    }
    return this.#controller.signal;
  }

  get deadline(): Deadline {
    this.#deadline ??= {
      remainingMs: () => this.#remainingMs(),
      has: (ms) => this.softInMs() >= ms,
    };
    return this.#deadline;
  }

  /** Milliseconds until no new item may start; 0 or less when that moment has passed. */
  softInMs(): number {
    const remainingMs = this.#remainingMs();
    if (remainingMs === Infinity) return Infinity;
    this.#moments ??= momentsOf(remainingMs, this.#options);
    return remainingMs - this.#moments.softMs;
  }

  /** What to say of an item that may not start any more; `undefined` while it may. */
  late(): DeadlineExceededError | undefined {
    return this.softInMs() <= 0 ? this.#exceed() : undefined;
  }

  /** Starts to watch the deadline, until `end`. */
  begin(watch: DeadlineWatch): void {
    this.#watch = watch;
    unarmed.push(this);
    if (!armingSoon) {
      armingSoon = true;
      void Promise.resolve().then(armAfterMicrotasks);
    }
  }

  end(): void {
    this.#watch = undefined;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    // Of overlapping invocations the others stay, and are passed over.
    else if (unarmed.at(-1) === this) unarmed.pop();
  }

  /** Sets the timer of the first moment. */
  arm(): void {
    const softInMs = this.softInMs();
    if (softInMs !== Infinity) this.#setTimer(softInMs, () => this.#passSoft());
  }

  #passSoft(): void {
    const error = this.#exceed();
    this.#exceeded = error;
    this.#controller?.abort(error);
    this.#watch?.onSoft?.(error);
    const hardMs = this.#moments?.hardMs ?? 0;
    this.#setTimer(error.remainingMs - hardMs, () => {
      this.#watch?.onHard(this.#exceed());
      this.#setTimer(Math.min(UNWIND_MS, hardMs / 2), () => this.#watch?.onLast(this.#exceed()));
    });
  }

  #setTimer(inMs: number, act: () => void): void {
    if (this.#watch !== undefined) this.#timer = setTimeout(act, Math.max(0, inMs));
  }

  #exceed(): DeadlineExceededError {
    return new DeadlineExceededError(this.#remainingMs());
  }

  #remainingMs(): number {
    const remainingMs = remainingMsOf(this.lambda);
    return this.#awaitedUntil === undefined ? remainingMs : Math.min(remainingMs, Math.max(0, this.#awaitedUntil - Date.now()));
  }
}

// Setting and clearing a timer costs more than all the rest of an invocation. So an invocation waits here until the
// microtasks that its start has queued are through, and gets its timer only if it is still running then.
let unarmed: Invocation[] = [];
let armingSoon = false;

// A tick that is asked for among microtasks comes after them; one that is asked for before them would come first.
function armAfterMicrotasks(): void {
  process.nextTick(armAll);
}

function armAll(): void {
  armingSoon = false;
  const due = unarmed;
  unarmed = [];
  for (const invocation of due) invocation.arm();
}
