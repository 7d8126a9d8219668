import { hasCode, sendTo } from "@lamella/core";
import * as fc from "fast-check";
import type { Fault, Simulated, SimulationRun } from "../src/simulators/index.ts";
import { EPOCH_MS } from "../src/simulators/kernel/world.ts";
import type { Early, Planned, Work } from "./work.ts";

/** How many messages all files of the proof run together, and which part of them one file has: streams take longer. */
const ALL = Number(process.env["LAMELLA_PROOF_MESSAGES"] ?? 20_000);
export const QUEUE_MESSAGES = Math.ceil(ALL * 0.28);
export const STREAM_MESSAGES = Math.ceil(ALL * 0.13);
export const WINDOW_MESSAGES = Math.ceil(ALL * 0.03);
export const UNREAD_MESSAGES = Math.ceil(ALL * 0.02);

const probability = fc.constantFrom(0, 0, 0, 0.01, 0.05, 0.2);

/** What goes wrong around the function. */
export function faultsOf(kinds: readonly Exclude<Fault["kind"], "slow">[], timeoutMs: fc.Arbitrary<number>): fc.Arbitrary<Fault[]> {
  const simple = kinds.map((kind) => probability.map((likely) => (likely === 0 ? [] : [{ kind, probability: likely }])));
  const slow = fc
    .tuple(probability, timeoutMs)
    .map(([likely, ms]) => (likely === 0 ? [] : [{ kind: "slow" as const, ms, probability: likely }]));
  const crash = fc
    .tuple(probability, fc.nat(2_000))
    .map(([likely, afterMs]) => (likely === 0 ? [] : [{ kind: "crash" as const, afterMs, probability: likely }]));
  return fc.tuple(slow, crash, ...simple).map((lists) => lists.flat());
}

/** What is sent to another queue: nothing, what is hopeless, or all that fails and does not ask to come again. */
export type Sends = "nothing" | "the hopeless" | "all";

const other = sendTo("https://sqs.eu-west-1.amazonaws.com/123456789012/other");

/** The verdict of a scenario. */
export function verdictOf(sends: Sends): "retry" | typeof other | ((error: unknown) => "retry" | typeof other) {
  if (sends === "nothing") return "retry";
  if (sends === "all") return other;
  return (error) => (hasCode(error, "LAMELLA_PAYLOAD") || /poison/.test(String(error)) ? other : "retry");
}

export const sends: fc.Arbitrary<Sends> = fc.constantFrom("nothing", "nothing", "the hopeless", "all");

/** What a scenario promises. */
export interface Terms {
  readonly isOrdered: boolean;
  readonly isWhole: boolean;
  readonly sends: Sends;
  /** Where messages come later that ask for it: the function's timeout. */
  readonly delays?: { readonly timeoutMs: number } | undefined;
}

/**
 * What must hold of every run, whatever goes wrong: nothing is lost, nothing is out of its order, nothing comes again by
 * the reply alone that was done, nothing is stuck; and the simulator's account is that of the work itself.
 */
export function mustHold(run: SimulationRun, planned: readonly Planned[], work: Work, terms: Terms): void {
  const { isOrdered, isWhole } = terms;
  const tell = (what: string, id: string) => new Error(`${what}\n${run.timeline.of(id)}`);
  for (const { message, why } of run.lost) throw tell(`${message.id} ${why}`, message.id);
  for (const { message, isForced } of run.repeated) if (!isForced) throw tell(`${message.id} was repeated without need`, message.id);
  if (isOrdered) for (const { key, later, why } of run.outOfOrder) throw tell(`out of order in ${key}: ${why}`, later.id);
  if (run.ending !== "drained" || run.left.length > 0)
    throw new Error(`it did not end: ${run.ending}, ${run.left.length} left\n${run.timeline.toString().slice(-2_000)}`);

  // By the account of the work itself.
  const done = new Set(work.completed);
  for (const [index, { id, fate, isIgnored, timesHandled }] of run.messages.entries()) {
    const { ends } = planned[index] as Planned;
    const isPlannedToBeIgnored = ends === "final";
    if (isIgnored && !isPlannedToBeIgnored) throw tell(`${id} was ignored`, id);
    if (fate === "deleted" && !done.has(index) && !isPlannedToBeIgnored) throw tell(`${id} was deleted, and its work was not done`, id);
    if (fate === "forwarded") mustBeElsewhere(run, planned[index] as Planned, id, terms);
    if (timesHandled > 0 && !done.has(index)) throw tell(`${id} was not done, and the simulator says otherwise`, id);
    // What whole() has done of a batch before it is cut short, it tells nobody.
    if (timesHandled === 0 && done.has(index) && !isWhole) throw tell(`${id} was done, and the simulator says otherwise`, id);
  }
  if (terms.delays !== undefined) for (const one of work.early) mayBeEarly(run, one, terms.delays.timeoutMs);
  if (isOrdered) firstTimesMustBeInOrder(run, work, planned);
  if (isWhole) return;
  const times = Map.groupBy(work.completed, (n) => n);
  for (const [index, { id, timesHandled }] of run.messages.entries()) {
    const count = times.get(index)?.length ?? 0;
    if (timesHandled !== count) throw tell(`${id} was done ${count} times, and the simulator says ${timesHandled}`, id);
  }
}

function mustBeElsewhere(run: SimulationRun, { ends }: Planned, id: string, { sends: sent }: Terms): void {
  const isThere = run.forwarded.some((one) => one.id === id);
  const isHopeless = ends === "poison" || ends === "invalid" || /poison/.test(run.timeline.of(id));
  if (!isThere || sent === "nothing" || (sent === "the hopeless" && !isHopeless))
    throw new Error(`${id} counts as sent to another queue, and may not\n${run.timeline.of(id)}`);
}

/** A message comes before its time only where SQS was not asked, or refused. */
function mayBeEarly(run: SimulationRun, { n, askedAt }: Early, timeoutMs: number): void {
  const { id, attempts } = run.messages[n] as Simulated;
  const attempt = attempts.find(({ endedAtMs }) => endedAtMs === askedAt - EPOCH_MS);
  const invocation = run.invocations[(attempt?.invocation ?? 0) - 1];
  const isOver = invocation?.outcome === "replied" || invocation?.outcome === "rejected";
  // Near the deadline it may have been given up before it asked.
  const isInTime = isOver && askedAt - EPOCH_MS < invocation.startedAtMs + timeoutMs / 2;
  const isExcused = run.timeline.entries.some(
    ({ what, ids, invocation: by }) =>
      ids.includes(id) && (what === "duplicated" || (what === "call refused" && by === attempt?.invocation)),
  );
  if (isInTime && !isExcused) throw new Error(`${id} came before the time that it asked for\n${run.timeline.of(id)}`);
}

/** Within a key what is done for the first time rises, in the order of sending. */
function firstTimesMustBeInOrder(run: SimulationRun, work: Work, planned: readonly Planned[]): void {
  const seen = new Set<number>();
  const last = new Map<string, Planned>();
  // What is in another queue holds up nothing any more, and may come again all the same, such as after a crash.
  const elsewhere = new Set(run.forwarded.map(({ id }) => id));
  for (const n of work.completed) {
    if (seen.has(n) || elsewhere.has(run.messages[n]?.id)) continue;
    seen.add(n);
    const one = planned[n] as Planned;
    const key = run.messages[n]?.key as string;
    const before = last.get(key);
    const isLater = before === undefined || before.afterMs < one.afterMs || (before.afterMs === one.afterMs && before.n < n);
    if (!isLater)
      throw new Error(
        `${run.messages[n]?.id} was done after ${run.messages[before.n]?.id}, which stands behind it\n${run.timeline.of(run.messages[n]?.id as string)}`,
      );
    last.set(key, one);
  }
}

/** Runs a property until it has had `messages` messages. */
export async function prove<Scenario extends { readonly count: number }>(
  scenarios: fc.Arbitrary<Scenario>,
  check: (scenario: Scenario) => Promise<void>,
  messages: number,
  seed: number,
): Promise<number> {
  const had = { count: 0 };
  const property = fc.asyncProperty(scenarios, async (scenario) => {
    had.count += scenario.count;
    await check(scenario);
  });
  for (let round = 0; had.count < messages; round++)
    await fc.assert(property, { numRuns: Math.min(200, Math.ceil(messages / 100)), seed: seed + round });
  return had.count;
}
