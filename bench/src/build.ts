import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** Builds the packages that have sources, so that what is timed is what is published. */
export async function build(): Promise<void> {
  const names = (await readdir(`${root}packages`)).filter(
    (name) => existsSync(`${root}packages/${name}/src/index.ts`) || name === "events",
  );
  const filters = names.flatMap((name) => ["--filter", `@lamella/${name}`]);
  await promisify(execFile)(`${root}node_modules/.bin/tsdown`, ["--logLevel", "error", ...filters], { cwd: root });
}
