import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { baseline, programs, type TypeProgram } from "./programs.ts";

const folder = new URL("../../.tmp/types/", import.meta.url);
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What the compiler counts. */
export interface CheckCost {
  readonly name: string;
  readonly types: number;
  readonly instantiations: number;
}

/**
 * What the compiler does for each program, without what it does to read the types.
 *
 * @throws {Error} When a program gives other errors than it must.
 */
export async function checkCosts(): Promise<CheckCost[]> {
  const nothing = await checkCost(baseline);
  const costs: CheckCost[] = [];
  // One after the other: each takes a core, and memory for all of the types.
  for (const program of programs) {
    const { name, types, instantiations } = await checkCost(program);
    costs.push({ name, types: types - nothing.types, instantiations: instantiations - nothing.instantiations });
  }
  return costs;
}

async function checkCost(program: TypeProgram): Promise<CheckCost> {
  const project = new URL(`${program.name.replaceAll(/\W+/g, "-")}/`, folder);
  await mkdir(project, { recursive: true });
  await writeFile(new URL("program.ts", project), program.code);
  // Its `paths` lead to the sources of the packages, so that nothing needs to be built.
  const config = { extends: "../../../../tsconfig.json", include: ["program.ts"], exclude: [] };
  await writeFile(new URL("tsconfig.json", project), JSON.stringify(config));
  // One thread: several check the same types more than once.
  const printed = await output(["--project", fileURLToPath(project), "--extendedDiagnostics", "--singleThreaded", "--pretty", "false"]);
  const errors = [...printed.matchAll(/: error (TS\d+)/g)].map(([, code]) => code);
  if (errors.join() !== program.errors.join()) {
    throw new Error(`${program.name} must give ${program.errors.join() || "no error"}, and gave:\n${printed}`);
  }
  return { name: program.name, types: counter(printed, "Types"), instantiations: counter(printed, "Instantiations") };
}

function counter(printed: string, name: string): number {
  const [, count] = printed.match(new RegExp(`^${name}:\\s+(\\d+)$`, "m")) ?? [];
  if (count === undefined) throw new Error(`tsc printed no count of ${name}:\n${printed}`);
  return Number(count);
}

/** What the compiler prints, errors or not. */
function output(options: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(`${root}node_modules/.bin/tsc`, options, (error, stdout) =>
      stdout === "" && error !== null ? reject(error) : resolve(stdout),
    );
  });
}
