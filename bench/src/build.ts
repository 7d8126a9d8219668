import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Builds the packages, so that what is timed is what is published. */
export async function build(): Promise<void> {
  await promisify(execFile)(`${root}node_modules/.bin/tsdown`, ["--logLevel", "error"], { cwd: root });
}
