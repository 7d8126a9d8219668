import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { build } from "./build.ts";
import { run } from "./run/run.ts";
import { size } from "./size/size.ts";
import { types } from "./types/types.ts";

const update = process.argv.includes("--update");
const asked = process.argv.slice(2).filter((argument) => argument !== "--update");

const parts: Readonly<Record<string, () => Promise<unknown>>> = {
  run: async () => {
    await build();
    return run();
  },
  size,
  types: () => types(update),
};

const unknown = asked.filter((part) => !Object.hasOwn(parts, part));
if (unknown.length > 0) throw new RangeError(`bench takes ${Object.keys(parts).join(", ")} or nothing for all, got ${unknown.join(", ")}`);

const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), memoryMb: Math.round(totalmem() / 2 ** 20), node: process.version };
const date = new Date().toISOString();
console.log(`Node ${machine.node} on ${machine.cores} × ${machine.cpu}, ${date}`);

const results: Record<string, unknown> = {};
for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) results[name] = await part();

const folder = new URL("../results/", import.meta.url);
await mkdir(folder, { recursive: true });
const file = new URL(`${date.replaceAll(":", "-")}.json`, folder);
await writeFile(file, `${JSON.stringify({ date, machine, ...results }, undefined, 2)}\n`);
console.log(`\nWritten to bench/results/${file.pathname.split("/").at(-1)}`);
