import { join } from "node:path";
import { build } from "esbuild";
import { say } from "./show.ts";

/** Builds an example's functions as its template deploys them. */
export async function built(folder: string, ...names: readonly string[]): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: names.map((name) => `src/${name}.ts`),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    metafile: true,
    platform: "node",
    target: "node22",
    format: "esm",
    // What only some invocations need stays out of the others' start, as the X-Ray SDK does where nothing is traced.
    splitting: true,
    // For CommonJS packages that ask for modules of Node.js.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) say.detail(`built ${path}, ${Math.round(bytes / 1_024)} KB`);
}

/** Builds them, and loads their handlers, by name. */
export async function bundled<Handlers extends object>(folder: string, ...names: readonly (keyof Handlers & string)[]): Promise<Handlers> {
  await built(folder, ...names);
  const handlers: Partial<Handlers> = {};
  for (const name of names) handlers[name] = (await import(join(folder, `dist/${name}.mjs`))).handler;
  return handlers as Handlers;
}
