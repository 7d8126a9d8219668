import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What the figures were measured on, and with. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  /** How many processes wanted to run, over the last minute. */
  readonly load: number;
  /** The versions of the peers. */
  readonly versions: Readonly<Record<string, string>>;
}

export async function machine(): Promise<Machine> {
  const { devDependencies } = await readJson<{ devDependencies: Record<string, string> }>("package.json");
  const versions = Object.keys(devDependencies).map(async (name) => {
    const { version } = await readJson<{ version: string }>(`node_modules/${name}/package.json`);
    return [name, version] as const;
  });
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    load: loadavg()[0] ?? 0,
    versions: Object.fromEntries(await Promise.all(versions)),
  };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`../${path}`, import.meta.url), "utf8"));
}
