import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type FileOptions, type LocalRuntime, startRuntime } from "@lamella/testing/runtime";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const out = `${root}.tmp/conformance/${process.pid}`;
const built = new Map<string, Promise<string>>();

export type Format = "esm" | "cjs";

/** Bundles one of the functions, as it would be deployed. */
function bundle(name: string, format: Format, needsRequire: boolean): Promise<string> {
  const outfile = `${out}/${format}/${name}.${format === "esm" ? "mjs" : "cjs"}`;
  const pending = built.get(outfile) ?? buildTo(outfile, name, format, needsRequire);
  built.set(outfile, pending);
  return pending;
}

// Modules of CommonJS ask for Node.js's own by `require`, which a bundle of ES modules does not have.
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

async function buildTo(outfile: string, name: string, format: Format, needsRequire: boolean): Promise<string> {
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: [`${root}conformance/functions/${name}.ts`],
    outfile,
    format,
    // Its `paths` lead to the sources of the packages, so that nothing needs to be built.
    tsconfig: `${root}tsconfig.json`,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node22",
    logLevel: "error",
    ...(needsRequire && format === "esm" && { banner: { js: REQUIRE } }),
  });
  return outfile;
}

type Options = Omit<FileOptions, "file"> & {
  readonly format?: Format | undefined;
  /** Something in the bundle is CommonJS. @default false */
  readonly needsRequire?: boolean | undefined;
};

/** Runs one of the functions, until the test is over. */
export async function run(name: string, { format = "esm", needsRequire = false, ...options }: Options = {}): Promise<LocalRuntime> {
  const file = await bundle(name, format, needsRequire);
  const [major] = process.versions.node.split(".");
  const runtime = await startRuntime({ file, ...options, env: { AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${major}.x`, ...options.env } });
  onTestFinished(() => runtime[Symbol.asyncDispose]());
  return runtime;
}

/** What a log line says, without time, request id and level. */
export function messagesOf(logs: readonly string[]): string[] {
  return logs.map((line) => line.split("\t").at(3) ?? line);
}
