import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** The names that a module hands out. Entry modules only re-export, or declare what they export. */
function exportsOf(path: string): string[] {
  const text = read(path).replaceAll(/\/\*\*.*?\*\//gs, "");
  const listed = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names]) => (names as string).split(","));
  const declared = [...text.matchAll(/export (?:abstract )?(?:async )?(?:function|const|class|interface|type) (\w+)/g)].map(
    ([, name]) => name as string,
  );
  return [...listed, ...declared].map((name) => name.replace(/\btype\b/, "").trim()).filter((name) => name !== "");
}

/** The entry modules of a package, by its `exports`. */
function modulesOf(name: string): string[] {
  const { exports } = JSON.parse(read(`packages/${name}/package.json`)) as { readonly exports: Readonly<Record<string, string>> };
  return Object.values(exports)
    .filter((path) => path.endsWith(".js"))
    .map((path) => `packages/${name}/${path.replace("./dist/", "src/").replace(/js$/, "ts")}`);
}

describe("docs/reference", () => {
  it.for<string>(readdirSync(new URL("../packages", import.meta.url)))("lists every export of %s, and nothing else", (name) => {
    const listed = [...read(`docs/reference/${name}.md`).matchAll(/^- `(\w+)`/gm)].map(([, listedName]) => listedName as string);

    expect(new Set(listed)).toEqual(new Set(modulesOf(name).flatMap(exportsOf)));
  });
});
