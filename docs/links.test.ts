import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const pages = globSync(["*.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"], { cwd: root }).filter(
  (page) => !page.includes("node_modules"),
);

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replaceAll(/^```.*?^```$/gms, "").matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** The links of a page that lead nowhere. */
function brokenIn(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^```.*?^```$/gms, "");
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link as string);
  return links.filter((link) => {
    const [path = "", anchor] = link.split("#", 2);
    const target = path === "" ? join(root, page) : join(root, dirname(page), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).has(anchor);
  });
}

it.for(pages)("%s links only to what is there", (page) => {
  expect(brokenIn(page)).toEqual([]);
});

it("docs/sources has a page for every source, and the index names it", () => {
  const { exports } = JSON.parse(readFileSync(join(root, "packages/events/package.json"), "utf8")) as { readonly exports: object };
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== "./package.json");
  const names = subpaths.map((subpath) => subpath.slice("./".length));
  const index = readFileSync(join(root, "docs/sources/README.md"), "utf8");

  expect(names.filter((name) => !existsSync(join(root, `docs/sources/${name}.md`)) || !index.includes(`(${name}.md)`))).toEqual([]);
});
