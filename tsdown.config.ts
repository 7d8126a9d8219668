import { defineConfig } from "tsdown";

export default defineConfig({
  workspace: ["packages/*"],
  // One file a module, as in the source: a user's bundler drops what is not imported, and a stack trace names the file.
  unbundle: true,
  entry: "src/{index,extend,sqs}.ts",
  format: "esm",
  platform: "node",
  target: "node22",
  dts: true,
  fixedExtension: false,
  sourcemap: false,
  clean: true,
});
