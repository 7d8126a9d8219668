/** What each worker process times: calls `times` times and waits for each result. Rejects when a result is wrong. */
export type Loop = (times: number) => Promise<void>;

/** One way to do the work, in a process of its own, as on Lambda. */
export interface Case {
  readonly name: string;
  /** The case whose own overhead over the baseline this one's is divided by. */
  readonly peer?: string | undefined;
  /** The loops by workload. */
  readonly open: () => Promise<Readonly<Record<string, Loop>>>;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** A loop that only waits as the workload's loops do; its time is subtracted from theirs. */
  readonly empty?: Loop | undefined;
}

/** Cases that do the same work, measured against each other. */
export interface Group {
  readonly name: string;
  readonly title: string;
  /** The case that the others are divided by. */
  readonly baseline: string;
  /** What is compared: the time as a multiple of the baseline's, or what it adds as a share of what the peer adds. */
  readonly compares: "times" | "overheads";
  /** How long each process calls before it is timed, in milliseconds: until the engine has compiled the largest of the peers. */
  readonly warmUpMs: number;
  readonly workloads: readonly Workload[];
  readonly cases: readonly Case[];
}

/** The next turn of the event loop, which is where Lambda's runtime client calls a handler from. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The loop that is subtracted where each call has a turn of the event loop of its own. */
export async function emptyTurns(times: number): Promise<void> {
  for (let turn = 0; turn < times; turn++) await nextTurn();
}
