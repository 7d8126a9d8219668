import { CaseProcess } from "./case-process.ts";
import type { Group } from "./group.ts";

/** What one case came to in one workload, nanoseconds a call; a round that it sat out is `undefined`. */
export interface Measured {
  readonly workload: string;
  readonly name: string;
  readonly rounds: readonly (number | undefined)[];
}

/** How often every process is started anew: where the engine puts code and data differs from process to process. */
const STARTS = 3;
const ROUNDS = 41;
const ROUND_NS = 4_000_000;
/** A case that takes long sits out later rounds. */
const CASE_NS = 400_000_000;

/** Times every case of a group, round by round, each in its own process and only one at a time. */
export async function measure(group: Group): Promise<Measured[]> {
  const rounds = new Map(
    group.workloads.flatMap(({ name: workload }) =>
      group.cases.map(({ name }): [string, Measured & { readonly rounds: (number | undefined)[] }] => [
        `${workload} ${name}`,
        { workload, name, rounds: [] },
      ]),
    ),
  );
  for (let start = 0; start < STARTS; start++) {
    const processes = await Promise.all(group.cases.map(({ name }) => CaseProcess.start(group.name, name)));
    try {
      for (const { name: workload } of group.workloads) {
        const times = new Map<CaseProcess, number>();
        for (const one of processes) times.set(one, await warmUp(one, workload, group.warmUpMs * 1e6));
        const spent = new Map<CaseProcess, number>();
        for (let round = 0; round < ROUNDS; round++) {
          for (const one of rotated(processes, round)) {
            const count = times.get(one) as number;
            const already = spent.get(one) ?? 0;
            const timing = already > CASE_NS ? undefined : await one.time(workload, count);
            spent.set(one, already + (timing?.spentNs ?? 0));
            rounds.get(`${workload} ${one.name}`)?.rounds.push(timing && timing.ns / count);
          }
        }
      }
    } finally {
      for (const one of processes) one.stop();
    }
  }
  return [...rounds.values()];
}

/** Calls until the engine has compiled the code, and gives how many calls make a round. */
async function warmUp(one: CaseProcess, workload: string, leastNs: number): Promise<number> {
  let times = 1;
  for (let spent = 0; ; ) {
    const { spentNs } = await one.time(workload, times);
    spent += spentNs;
    if (spentNs >= ROUND_NS / 2 && spent >= leastNs) return times;
    // Even, so that its half is whole.
    times = Math.max(1, Math.min(times * 8, 2 * Math.round((times * ROUND_NS) / spentNs / 2)));
  }
}

/** Starts each round with another case, so that none always follows the same one. */
function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(1, list.length);
  return [...list.slice(start), ...list.slice(0, start)];
}
