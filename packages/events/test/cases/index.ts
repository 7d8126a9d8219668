import { readdirSync } from "node:fs";
import type { ConformanceCase } from "../conformance-case.ts";

const files = readdirSync(import.meta.dirname).filter((file) => file !== "index.ts");
const modules = await Promise.all(
  files.map(async (file) => (await import(/* @vite-ignore */ `./${file}`)) as Readonly<Record<string, readonly ConformanceCase[]>>),
);

/** Of every file beside this one. */
export const cases: readonly ConformanceCase[] = modules.flatMap((module) => Object.values(module).flat());
