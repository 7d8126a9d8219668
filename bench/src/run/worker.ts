import type { Answer, Order, Timing } from "./case-process.ts";
import type { Case, Group } from "./group.ts";

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
answer({ built: loops !== undefined });

async function time(workload: string, times: number): Promise<Timing> {
  const empty = group.workloads.find(({ name }) => name === workload)?.empty;
  const loop = loops?.[workload];
  if (loop === undefined) throw new TypeError(`${caseName} has no workload ${workload}`);
  const start = process.hrtime.bigint();
  await empty?.(times);
  const middle = empty === undefined ? start : process.hrtime.bigint();
  await loop(times);
  const end = process.hrtime.bigint();
  return { ns: Number(end - middle - (middle - start)), spentNs: Number(end - start) };
}

function answer(message: Answer): void {
  process.send?.(message);
}
