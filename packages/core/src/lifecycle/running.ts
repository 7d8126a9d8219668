import { inLambda, onManagedInstance } from "./in-lambda.ts";

/** What waits for one invocation to end. */
type Waiting = (() => void)[];

// Of the whole process, because a resource belongs to all its handlers. It holds invocations only while they run, and
// says of none what it does.
const running = new Set<Waiting>();

/** What waits for the next invocation to begin, where one runs at a time. */
const untilNext: Waiting = [];

/** Whether invocations have to be counted. Where Lambda gives one after the other, the last has ended when the next begins. */
export function mayOverlap(): boolean {
  return !inLambda() || onManagedInstance();
}

/** Another invocation begins, where one runs at a time. */
export function nextBegins(): void {
  if (untilNext.length === 0) return;
  for (const told of untilNext.splice(0)) told();
}

/** Counts an invocation among those that may use what resources hold. */
export async function whileRunning<T>(invocation: () => Promise<T>): Promise<T> {
  const waiting: Waiting = [];
  running.add(waiting);
  try {
    return await invocation();
  } finally {
    running.delete(waiting);
    for (const told of waiting) told();
  }
}

/** Calls `act` once every invocation has ended that runs now. */
export function afterRunning(act: () => void): void {
  if (!mayOverlap()) return void untilNext.push(act);
  let left = running.size;
  if (left === 0) return act();
  const told = (): void => {
    left--;
    if (left === 0) act();
  };
  for (const waiting of running) waiting.push(told);
}
