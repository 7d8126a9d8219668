import type { Answer, Order, Timing } from "./case-process.ts";
import type { Case, Group, Loop } from "./group.ts";

/** Runs one case of one group, as it is told; nothing else runs in this process. */
const [groupName, caseName] = process.argv.slice(2);
const { group }: { readonly group: Group } = await import(`./${groupName}.ts`);
const { open } = group.cases.find(({ name }) => name === caseName) as Case;
const loops = await open();

process.on("message", ({ workload, times }: Order) => {
  time(workload, times).then(
    (timing) => answer(timing),
    (error: unknown) => answer({ error: String(error) }),
  );
});
answer({ ready: true });

async function time(workload: string, times: number): Promise<Timing> {
  const empty = group.workloads.find(({ name }) => name === workload)?.empty;
  const loop = loops[workload];
  if (loop === undefined) throw new TypeError(`${caseName} has no workload ${workload}`);
  // Half of it before and half after, so that a machine that slows down or speeds up cancels out.
  const before = await spend(empty, times / 2);
  const ns = await spend(loop, times);
  const after = await spend(empty, times / 2);
  return { ns: ns - before - after, spentNs: ns + before + after };
}

async function spend(loop: Loop | undefined, times: number): Promise<number> {
  if (loop === undefined) return 0;
  const start = process.hrtime.bigint();
  await loop(times);
  return Number(process.hrtime.bigint() - start);
}

function answer(message: Answer): void {
  process.send?.(message);
}
