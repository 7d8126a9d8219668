import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Builds the packages that have sources, so that what is timed is what is published. */
export async function build(): Promise<void> {
  const folders = (await readdir(`${root}packages`)).map((name) => `packages/${name}`).filter((folder) => existsSync(`${root}${folder}/src`));
  const filters = folders.flatMap((folder) => ["--filter", folder]);
  await promisify(execFile)(`${root}node_modules/.bin/tsdown`, ["--logLevel", "error", ...filters], { cwd: root });
}
