import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type BuildOptions, build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { header, TRACE } from "../test/x-ray.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const out = `${root}.tmp/tracer/${process.pid}`;
afterAll(() => rmSync(out, { recursive: true, force: true }));

const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Bundles the function, and gives its folder. */
async function bundle(name: string, options: BuildOptions): Promise<string> {
  const outdir = `${out}/${name}`;
  await build({
    entryPoints: { index: `${root}packages/tracer/test/traced.fixture.ts` },
    outdir,
    tsconfig: `${root}tsconfig.json`,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    logLevel: "error",
    ...options,
  });
  return outdir;
}

/** Runs the function once in a process that looks like Lambda's, and gives its reply and what it wrote. */
async function run(outdir: string, trace: string, env: Readonly<Record<string, string>> = {}) {
  const file = readdirSync(outdir).find((name) => /^index\.[cm]?js$/.test(name)) ?? "";
  const call = `import { handler } from ${JSON.stringify(pathToFileURL(`${outdir}/${file}`).href)};
    console.log(JSON.stringify(await handler("work", { getRemainingTimeInMillis: () => 3_000 })));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", call], {
    env: {
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      LAMBDA_TASK_ROOT: outdir,
      AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
      _X_AMZN_TRACE_ID: trace,
      ...env,
    },
  });
  return { reply: JSON.parse(stdout) as unknown, stderr };
}

const unsampled = header().replace("Sampled=1", "Sampled=0");
const forms: readonly { form: string; options: BuildOptions }[] = [
  { form: "one file of ES modules", options: { format: "esm", outExtension: { ".js": ".mjs" }, banner: { js: REQUIRE } } },
  { form: "split ES modules", options: { format: "esm", splitting: true, outExtension: { ".js": ".mjs" }, banner: { js: REQUIRE } } },
  { form: "one file of CommonJS", options: { format: "cjs", outExtension: { ".js": ".cjs" } } },
];

describe.for(forms)("a bundle as $form", ({ form, options }) => {
  const built = bundle(form.replaceAll(" ", "-"), options);

  it("never loads the X-Ray SDK where nothing is traced", async () => {
    expect(await run(await built, unsampled)).toEqual({ reply: { id: TRACE, isLoaded: false }, stderr: "" });
  });

  it("loads it at the first invocation that is traced", async () => {
    expect(await run(await built, header())).toEqual({ reply: { id: TRACE, isLoaded: true }, stderr: "" });
  });
});

describe("a bundle of ES modules", () => {
  it("keeps the SDK out of the file that is loaded at the start, if it is split", async () => {
    const outdir = await bundle("sizes", { format: "esm", splitting: true, outExtension: { ".js": ".mjs" } });
    const sizeOf = (file: string): number => statSync(`${outdir}/${file}`).size;
    const imported = (file: string): string[] =>
      [...readFileSync(`${outdir}/${file}`, "utf8").matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name]) => name as string);

    const start = ["index.mjs"];
    for (const file of start) start.push(...imported(file).filter((name) => !start.includes(name)));

    const bytes = start.reduce((sum, file) => sum + sizeOf(file), 0);
    const all = readdirSync(outdir).reduce((sum, file) => sum + sizeOf(file), 0);
    expect(bytes, `of ${all}`).toBeLessThan(30_000);
    expect(all - bytes).toBeGreaterThan(100_000);
  });

  it("works untraced, and says why, without a require for the SDK", async () => {
    const outdir = await bundle("no-require", { format: "esm", outExtension: { ".js": ".mjs" } });

    const { reply, stderr } = await run(outdir, header());

    expect(reply).toEqual({ id: TRACE, isLoaded: false });
    expect(stderr).toMatch(/^\[lamella\] Nothing is traced: the X-Ray SDK could not be loaded\..*Dynamic require of/);
  });
});
