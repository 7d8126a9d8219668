import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

// Packs every package as it would be published, and checks that what is in it can be imported, with its types.

const root = join(import.meta.dirname, "..", "packages");
let failed = 0;
for (const name of readdirSync(root)) {
  const cwd = join(root, name);
  try {
    execFileSync("publint", ["--strict"], { cwd, stdio: "pipe" });
    // ES modules only, and subpaths that the oldest resolution does not know.
    execFileSync("attw", ["--pack", ".", "--profile", "esm-only"], { cwd, stdio: "pipe" });
    console.log(`${name}: all good`);
  } catch (error) {
    failed++;
    const { stdout } = error as { readonly stdout?: Buffer };
    console.error(`${name}:\n${stdout?.toString() ?? String(error)}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
