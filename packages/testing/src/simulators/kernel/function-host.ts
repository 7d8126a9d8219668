import type { LambdaContext } from "@lamella/core";
import type { AwsCall } from "@lamella/core/aws";
import type { Entry } from "./agenda.ts";
import { Environment } from "./environment.ts";
import type { FaultPlan } from "./faults.ts";
import { type Journal, toText } from "./journal.ts";
import type { SimulatedAws } from "./simulated-aws.ts";
import type { MutableAttempt, Subject } from "./subject.ts";
import type { World } from "./world.ts";

/** How an invocation ended, as the event source mapping sees it. */
export type Outcome =
  | { readonly kind: "replied"; readonly reply: unknown }
  | { readonly kind: "rejected"; readonly error: unknown }
  | { readonly kind: "timed out" | "crashed" | "reply lost" };

/** What one invocation has come to for one of its messages. */
export interface Visit {
  attempt: MutableAttempt | undefined;
  /** A layer around the handler threw after it. */
  hasLayerFailed: boolean;
  fate: string | undefined;
}

export interface Invocation {
  readonly number: number;
  readonly environment: Environment;
  readonly subjects: readonly Subject[];
  /** The records of the event, in the order of the subjects. */
  readonly records: readonly unknown[];
  readonly visits: (Visit | undefined)[];
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  outcome: Outcome | undefined;
  /** How many messages are to be done before the environment ends. */
  crashAfter: number;
  done: number;
  isCrashing: boolean;
  losesReply: boolean;
}

/** What a function is configured with. */
export interface FunctionSettings {
  readonly timeoutMs: number;
  readonly reservedConcurrency: number;
  readonly functionName: string;
}

export type HostedHandler = (event: unknown, context: LambdaContext) => unknown;

/** Runs a function in execution environments, as Lambda does. */
export class FunctionHost {
  readonly invocations: Invocation[] = [];
  readonly #world: World;
  readonly #journal: Journal;
  readonly #faults: FaultPlan;
  readonly #settings: FunctionSettings;
  readonly #byContext = new WeakMap<LambdaContext, Invocation>();
  readonly #timeouts = new Map<Invocation, { readonly entry: Entry; readonly over: (invocation: Invocation, outcome: Outcome) => void }>();
  /** What stands for AWS where the function's own verdicts call it. */
  aws: SimulatedAws | undefined;
  readonly #idle: Environment[] = [];
  #handler: HostedHandler;
  #environments = 0;
  #tried = 0;

  constructor(world: World, journal: Journal, faults: FaultPlan, handler: HostedHandler, settings: FunctionSettings) {
    this.#world = world;
    this.#journal = journal;
    this.#faults = faults;
    this.#handler = handler;
    this.#settings = settings;
    world.onCrash = (environment, error) => {
      const { invocation } = environment;
      environment.isDead = true;
      if (invocation !== undefined) this.#end(invocation, { kind: "crashed" }, toText(error));
    };
  }

  set handler(handler: HostedHandler) {
    this.#handler = handler;
  }

  get running(): number {
    return this.#timeouts.size;
  }

  /** The invocation that a context was made for. */
  of(lambda: LambdaContext): Invocation | undefined {
    return this.#byContext.get(lambda);
  }

  /** Invokes the function; false where Lambda refuses for want of concurrency. */
  invoke(
    event: unknown,
    records: readonly unknown[],
    subjects: readonly Subject[],
    over: (invocation: Invocation, outcome: Outcome) => void,
  ): boolean {
    const { timeoutMs, reservedConcurrency } = this.#settings;
    this.#tried++;
    const ids = subjects.map(({ id }) => id);
    if (this.running >= reservedConcurrency || this.#faults.ofInvocation("throttle", this.#tried, subjects)) {
      this.#journal.note("throttled", ids);
      return false;
    }
    const number = this.invocations.length + 1;
    const environment = this.#environment();
    const crash = this.#faults.ofInvocation("crash", number, subjects);
    const invocation: Invocation = {
      number,
      environment,
      subjects,
      records,
      visits: [],
      startedAtMs: this.#world.now - this.#world.startedAt,
      endedAtMs: undefined,
      outcome: undefined,
      crashAfter: crash === undefined || crash.afterMs !== undefined ? Infinity : this.#world.random.below(subjects.length + 1),
      done: 0,
      isCrashing: false,
      losesReply: this.#faults.ofInvocation("lose-reply", number, subjects) !== undefined,
    };
    this.invocations.push(invocation);
    this.#journal.note("invoked", ids, invocation, `${subjects.length} in the batch`);
    environment.invocation = invocation;
    environment.served++;
    const entry = this.#world.at(this.#world.now + timeoutMs, () => this.#kill(invocation, { kind: "timed out" }));
    this.#timeouts.set(invocation, { entry, over });
    this.#world.began();
    if (crash?.afterMs !== undefined)
      this.#world.at(this.#world.now + crash.afterMs, () => this.#kill(invocation, { kind: "crashed" }, "injected"));
    // What was left behind goes on before the new event is there, or just after.
    const wakesFirst = environment.parked.length > 0 && this.#world.random.chance(0.5);
    if (wakesFirst) this.#world.thaw(environment);
    this.#world.enter(environment, () => this.#start(invocation, event));
    if (!wakesFirst) this.#world.thaw(environment);
    return true;
  }

  /** Counts a message as done; true where the environment ends there and then, so that nothing may go on. */
  doneOne(invocation: Invocation): boolean {
    invocation.done++;
    if (invocation.done >= invocation.crashAfter) this.#crashSoon(invocation);
    return invocation.isCrashing;
  }

  #crashSoon(invocation: Invocation): void {
    if (invocation.isCrashing) return;
    invocation.isCrashing = true;
    this.#world.at(this.#world.now, () => this.#kill(invocation, { kind: "crashed" }, "injected"));
  }

  #environment(): Environment {
    const [environment] = this.#idle.splice(this.#world.random.below(this.#idle.length), 1);
    return environment ?? new Environment(++this.#environments);
  }

  #start(invocation: Invocation, event: unknown): void {
    const deadline = this.#world.now + this.#settings.timeoutMs;
    const { functionName } = this.#settings;
    const context: LambdaContext & { readonly "~awsCall": (call: AwsCall, about: unknown) => Promise<unknown> | undefined } = {
      // Instead of the client that errors and verdicts bring, so that nothing leaves the simulation.
      "~awsCall": (call, about) => this.aws?.call(call, about, invocation),
      functionName,
      functionVersion: "$LATEST",
      memoryLimitInMB: "256",
      invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`,
      awsRequestId: `00000000-0000-4000-8000-${String(invocation.number).padStart(12, "0")}`,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: `2026/01/31/[$LATEST]${String(invocation.environment.id).padStart(32, "0")}`,
      getRemainingTimeInMillis: () => Math.max(0, deadline - this.#world.now),
    };
    this.#byContext.set(context, invocation);
    if (invocation.crashAfter === 0) this.#crashSoon(invocation);
    let pending: unknown;
    try {
      pending = this.#handler(event, context);
    } catch (error) {
      return this.#settle(invocation, { kind: "rejected", error });
    }
    Promise.resolve(pending).then(
      (reply) => this.#settle(invocation, toReply(reply)),
      (error: unknown) => this.#settle(invocation, { kind: "rejected", error }),
    );
  }

  #settle(invocation: Invocation, outcome: Outcome): void {
    // What this moment has still queued runs before the environment is frozen.
    this.#world.at(this.#world.now, () => {
      if (invocation.outcome !== undefined) return;
      if (invocation.crashAfter !== Infinity) this.#kill(invocation, { kind: "crashed" }, "injected");
      else this.#end(invocation, invocation.losesReply ? { kind: "reply lost" } : outcome, toNote(outcome));
    });
  }

  #kill(invocation: Invocation, outcome: Outcome, note?: string): void {
    if (invocation.outcome !== undefined) return;
    invocation.environment.isDead = true;
    this.#end(invocation, outcome, note);
  }

  #end(invocation: Invocation, outcome: Outcome, note: string | undefined): void {
    const { environment } = invocation;
    const timeout = this.#timeouts.get(invocation);
    if (timeout === undefined) return;
    timeout.entry.cancelled = true;
    this.#timeouts.delete(invocation);
    invocation.outcome = outcome;
    invocation.endedAtMs = this.#world.now - this.#world.startedAt;
    environment.invocation = undefined;
    if (!environment.isDead) {
      environment.isFrozen = true;
      this.#idle.push(environment);
    }
    this.#world.ended();
    this.#journal.note(
      outcome.kind,
      invocation.subjects.map(({ id }) => id),
      invocation,
      note,
    );
    timeout.over(invocation, outcome);
  }
}

/** The reply as it comes out of the runtime client, which makes JSON of it. */
function toReply(reply: unknown): Outcome {
  try {
    const text = JSON.stringify(reply === undefined ? null : reply) as string | undefined;
    return { kind: "replied", reply: text === undefined ? null : (JSON.parse(text) as unknown) };
  } catch (error) {
    return { kind: "rejected", error };
  }
}

function toNote(outcome: Outcome): string | undefined {
  if (outcome.kind === "rejected") return toText(outcome.error);
  if (outcome.kind !== "replied") return undefined;
  const text = JSON.stringify(outcome.reply);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Whether a message was completed in this invocation, as far as the handler and the layers around it tell. */
export function isDoneIn({ visits }: Invocation, index: number): boolean {
  const visit = visits[index];
  return visit?.attempt?.ended === "handled" && !visit.hasLayerFailed;
}
