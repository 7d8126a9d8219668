import type { AnyLambda, LambdaContext } from "@lamella/core";
import { FaultPlan, InjectedFaultError } from "./faults.ts";
import { FunctionHost, type HostedHandler } from "./function-host.ts";
import { Journal } from "./journal.ts";
import { Observer, visitOf } from "./observed.ts";
import type { SimulationOptions } from "./options.ts";
import { SimulatedAws } from "./simulated-aws.ts";
import { SimulationError } from "./simulation-error.ts";
import { type Ending, SimulationRun } from "./simulation-run.ts";
import type { Subject } from "./subject.ts";
import { virtualGlobals } from "./virtual-globals.ts";
import { World } from "./world.ts";

/** What an event source mapping is driven with. */
export interface Stage {
  readonly world: World;
  readonly journal: Journal;
  readonly faults: FaultPlan;
  readonly host: FunctionHost;
  readonly aws: SimulatedAws;
  readonly timeoutMs: number;
  /** Ends the simulation because nothing is left to do. */
  readonly drained: () => void;
  /** Whether a further invocation is allowed; otherwise it ends the simulation. */
  readonly mayInvoke: () => boolean;
}

/** An event source with its mapping. */
export interface Driver {
  readonly subjects: readonly Subject[];
  readonly isOrdered: boolean;
  readonly start: () => void;
}

// On the global object, because a process may hold two copies of this package.
const RUNNING = "~lamellaSimulation";
const scope = globalThis as { [RUNNING]?: string | undefined };

/** Lambda's own default. */
const TIMEOUT_MS = 3_000;

/**
 * Runs a function against an event source in virtual time.
 *
 * @throws {SimulationError} When another simulation runs in this process, or when timers are faked already.
 */
export async function simulate(
  where: string,
  handler: unknown,
  options: SimulationOptions,
  drive: (stage: Stage) => Driver,
): Promise<SimulationRun> {
  if (scope[RUNNING] !== undefined)
    throw new SimulationError(
      `${where} cannot start while ${scope[RUNNING]} runs: they would share one clock. Await one, then start the next.`,
    );
  if ("clock" in setTimeout)
    throw new SimulationError(`${where} brings a clock of its own, and timers are faked already. Call vi.useRealTimers() first.`);
  const { seed = 1, timeoutMs = TIMEOUT_MS, maxInvocations = 100_000, effects } = options;
  const world = new World(seed, options.waitForIoMs ?? 0);
  const journal = new Journal(world);
  const faults = new FaultPlan(options.faults ?? [], world.random);
  const host = new FunctionHost(world, journal, faults, handler as HostedHandler, {
    timeoutMs,
    reservedConcurrency: options.reservedConcurrency ?? Infinity,
    functionName: "function",
  });
  const aws = new SimulatedAws(world, journal, faults);
  host.aws = aws;
  const watched = new Observer(host, journal, faults).watch(handler as AnyLambda);
  host.handler = watched ?? plain(handler as HostedHandler, host, faults);
  let ending: Ending = "drained";
  const end = (why: Ending) => {
    ending = why;
    if (why !== "drained") journal.note("stopped", [], undefined, `${why} was reached`);
    world.stop();
  };
  const driver = drive({
    world,
    journal,
    faults,
    host,
    aws,
    timeoutMs,
    drained: () => end("drained"),
    mayInvoke: () => {
      if (host.invocations.length < maxInvocations) return true;
      end("maxInvocations");
      return false;
    },
  });
  if (options.stopAfterMs !== undefined) world.at(world.now + options.stopAfterMs, () => end("stopAfterMs"));
  if (effects !== undefined) effects["~listener"] = recorder(driver.subjects, journal, host, world);
  scope[RUNNING] = where;
  const restore = virtualGlobals(world);
  try {
    driver.start();
    await world.run();
  } finally {
    restore();
    scope[RUNNING] = undefined;
    if (effects !== undefined) effects["~listener"] = undefined;
  }
  return new SimulationRun({
    subjects: driver.subjects,
    journal,
    invocations: host.invocations,
    isWatched: watched !== undefined || effects !== undefined,
    isOrdered: driver.isOrdered,
    ending,
    durationMs: world.now - world.startedAt,
  });
}

/** A function that shows nothing of its messages: what is to strike one of them strikes the invocation. */
function plain(handler: HostedHandler, host: FunctionHost, faults: FaultPlan): HostedHandler {
  return (event: unknown, context: LambdaContext) => {
    const invocation = host.of(context);
    if (invocation?.isCrashing) return new Promise(() => {});
    const struck = invocation?.subjects.map((subject) => faults.ofItem(invocation.number, subject)).find((fault) => fault !== undefined);
    if (struck?.kind === "hang") return new Promise(() => {});
    if (struck?.kind === "throw") throw "error" in struck ? struck.error : new InjectedFaultError("injected");
    if (struck?.kind === "slow") return new Promise((resolve) => setTimeout(resolve, struck.ms)).then(() => handler(event, context));
    return handler(event, context);
  };
}

function recorder(subjects: readonly Subject[], journal: Journal, host: FunctionHost, world: World): (id: string) => void {
  const byId = new Map(subjects.map((subject) => [subject.id, subject]));
  return (id) => {
    const subject = byId.get(id);
    if (subject === undefined) throw new SimulationError(`effects.record(id) got an id that no message has: ${id}`);
    // Work that has woken up belongs to the invocation that last had the message.
    const invocation =
      world.current?.invocation ?? host.invocations.findLast(({ environment }) => environment === world.current) ?? host.invocations.at(-1);
    if (invocation === undefined) return;
    const attempt = journal.started(subject, invocation);
    const index = invocation.subjects.indexOf(subject);
    if (index !== -1) visitOf(invocation, index).attempt = attempt;
    journal.ended(subject, attempt, "handled", invocation);
  };
}
