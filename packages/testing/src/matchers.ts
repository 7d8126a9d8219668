import { expect } from "vitest";
import { SimulationRun } from "./simulators/kernel/simulation-run.ts";

/** What `import "@lamella/testing/matchers"` adds to Vitest's `expect`, for what a simulator gives. */
export interface SimulationMatchers<Result> {
  /** Nothing is gone that was never handled. What went to a dead-letter queue is not lost. */
  toHaveLostNothing: () => Result;
  /** Within each key everything was handled in its order. */
  toHaveKeptOrder: () => Result;
  /** Nothing was handled a second time, for whatever reason. */
  toHaveHandledNothingTwice: () => Result;
  /** Nothing came again by what the function replied, although it was handled. */
  toHaveRepeatedOnlyWhatItMust: () => Result;
  /** Nothing was left in the queue or stream at the end. */
  toHaveLeftNothing: () => Result;
}

// Vitest's own way to type matchers; nothing else here is declared for other packages.
declare module "vitest" {
  // oxlint-disable-next-line no-unused-vars -- the parameters must be those of Vitest's interface
  interface Matchers<R, T> extends SimulationMatchers<R> {}
}

/** What is wrong with a message, for the reader. */
interface Finding {
  readonly id: string;
  readonly what: string;
}

/** How many messages a failure tells the story of. */
const SHOWN = 3;

function matcher(promise: string, find: (run: SimulationRun) => readonly Finding[]) {
  return (received: unknown): { readonly pass: boolean; readonly message: () => string } => {
    // By its name, because a test may hold two copies of this package.
    const isRun = received instanceof SimulationRun || typeof (received as Partial<SimulationRun> | null)?.timeline?.of === "function";
    if (!isRun) throw new TypeError("expect(run) must be given what a simulator, such as simulateSqs(…), resolves with");
    const run = received as SimulationRun;
    const findings = find(run);
    return { pass: findings.length === 0, message: () => toMessage(promise, findings, run) };
  };
}

function toMessage(promise: string, findings: readonly Finding[], run: SimulationRun): string {
  if (findings.length === 0) return `expected the function not to have ${promise}, but it has`;
  const stories = findings.slice(0, SHOWN).map(({ id, what }) => `${what}\n${run.timeline.of(id)}`);
  const more = findings.length > SHOWN ? [`… and ${findings.length - SHOWN} more`] : [];
  return [
    `expected the function to have ${promise}, but of ${run.messages.length} messages ${findings.length} did not:`,
    ...stories,
    ...more,
  ].join("\n\n");
}

expect.extend({
  toHaveLostNothing: matcher("lost nothing", ({ lost }) => lost.map(({ message: { id }, why }) => ({ id, what: `${id} ${why}` }))),
  toHaveKeptOrder: matcher("kept the order", ({ outOfOrder }) =>
    outOfOrder.map(({ key, later, earlier, why }) => ({ id: later.id, what: `in ${key}: ${why}, which stands before it (${earlier.id})` })),
  ),
  toHaveHandledNothingTwice: matcher("handled nothing twice", ({ repeated }) =>
    repeated
      .filter(({ message }) => message.timesHandled > 1)
      .map(({ message: { id, timesHandled } }) => ({ id, what: `${id} was handled ${timesHandled} times` })),
  ),
  toHaveRepeatedOnlyWhatItMust: matcher("repeated only what it must", ({ repeated }) =>
    repeated
      .filter(({ isForced }) => !isForced)
      .map(({ message: { id } }) => ({ id, what: `${id} was handled, and the reply made it come again` })),
  ),
  toHaveLeftNothing: matcher("left nothing", ({ left, ending }) =>
    left.map(({ id }) => ({ id, what: `${id} was still there when the simulation ended (${ending})` })),
  ),
});
