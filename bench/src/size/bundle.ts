import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Program } from "./programs.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A program as it is deployed. */
export interface Bundle {
  readonly name: string;
  readonly code: Uint8Array;
  readonly bytes: number;
  readonly gzipped: number;
  readonly trace: string | undefined;
}

export async function bundle({ name, code, bringsSdk = false, requires = bringsSdk, trace }: Program): Promise<Bundle> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: `${root}bench`, sourcefile: `${name}.js` },
    // Its `paths` lead to the sources of the packages, so that nothing needs to be built.
    tsconfig: `${root}tsconfig.json`,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node22",
    // Lambda's runtime brings it, where the function does not.
    external: bringsSdk ? [] : ["@aws-sdk/*"],
    // As Powertools' documentation has it: the SDK's ES modules shake off more, and what is left asks for `require`.
    ...(bringsSdk && { mainFields: ["module", "main"] }),
    ...(requires && { banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' } }),
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild gave no output for ${name}`);
  const { contents } = file;
  return { name, code: contents, bytes: contents.byteLength, gzipped: gzipSync(contents, { level: 9 }).byteLength, trace };
}
