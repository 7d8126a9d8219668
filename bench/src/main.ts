import { mkdir, writeFile } from "node:fs/promises";
import { build } from "./build.ts";
import { firstWrite } from "./first-write/first-write.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import { machine } from "./machine.ts";
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
  lifecycle: async () => {
    await build();
    return lifecycle();
  },
  "first-write": async () => {
    await build();
    return firstWrite();
  },
  size,
  types: () => types(update),
  "http-table": async () => {
    await build();
    // The cases import the packages, which are there now.
    const { httpTable } = await import("./http-table/http-table.ts");
    return httpTable();
  },
};

const unknown = asked.filter((part) => !Object.hasOwn(parts, part));
if (unknown.length > 0) throw new RangeError(`bench takes ${Object.keys(parts).join(", ")} or nothing for all, got ${unknown.join(", ")}`);

const date = new Date().toISOString();
const on = await machine();
console.log(`Node ${on.node} on ${on.cores} × ${on.cpu}, ${date}`);
if (on.load > on.cores / 4) console.log(`The machine is busy (load ${on.load.toFixed(1)}), so times are doubtful.`);

const results: Record<string, unknown> = {};
for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) results[name] = await part();

const folder = new URL("../results/", import.meta.url);
await mkdir(folder, { recursive: true });
const file = new URL(`${date.replaceAll(":", "-")}.json`, folder);
await writeFile(file, `${JSON.stringify({ date, machine: on, ...results }, undefined, 2)}\n`);
console.log(`\nWritten to bench/results/${file.pathname.split("/").at(-1)}`);
