/** What waits for one invocation to end. */
type Waiting = (() => void)[];

// Of the whole process, because a resource belongs to all its handlers. It holds invocations only while they run, and
// says of none what it does.
const running = new Set<Waiting>();

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

/** Calls `act` once every invocation has ended that runs now; at once where none does. */
export function afterRunning(act: () => void): void {
  let left = running.size;
  if (left === 0) return act();
  const told = (): void => {
    left--;
    if (left === 0) act();
  };
  for (const waiting of running) waiting.push(told);
}
