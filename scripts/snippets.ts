import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Compiles every TypeScript block of the docs, so that what a reader copies works. A block is a module by itself; blocks
// marked `ts no-check` are left out, for programs that are shown because they are wrong, or that others wrote.

const root = join(import.meta.dirname, "..");
const out = join(root, ".tmp/snippets");
const pages = globSync(["README.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"], { cwd: root }).filter(
  (page) => !page.includes("node_modules"),
);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
let count = 0;
for (const page of pages) {
  const text = readFileSync(join(root, page), "utf8");
  for (const match of text.matchAll(/^```ts\n(.*?)^```$/gms)) {
    const line = text.slice(0, match.index).split("\n").length;
    const file = join(out, `${page.replaceAll(/[/.]/g, "-")}-${line}.ts`);
    // Blank lines in front, so that the compiler's line is the page's.
    writeFileSync(file, `${"\n".repeat(line)}${match[1] ?? ""}\nexport {};\n`);
    count++;
  }
}
writeFileSync(
  join(out, "tsconfig.json"),
  JSON.stringify({
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ["."],
    exclude: [],
  }),
);
try {
  execFileSync("tsc", ["-p", out], { stdio: "inherit" });
} catch {
  console.error(`A snippet does not compile; the file's name tells the page, its line is the page's line.`);
  process.exit(1);
}
console.log(`${count} snippets of ${pages.length} pages compile.`);
