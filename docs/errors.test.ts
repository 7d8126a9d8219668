import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** The codes that error classes of the packages declare, with the names beside them. */
function declared(): Map<string, string> {
  const files = globSync("packages/*/src/**/*.ts", { cwd: new URL("..", import.meta.url) }).filter(
    (path) => !/\.test(-d)?\.ts$/.test(path),
  );
  const codes = files.flatMap((path) => [
    ...read(path).matchAll(/readonly code(?:: [^=]+)? = "(LAMELLA_\w+)";[^]*?name(?:: string)? = "(\w+)"/g),
  ]);
  return new Map(codes.map(([, code, name]) => [code as string, name as string]));
}

describe("docs/errors.md", () => {
  it("lists exactly the codes that the source declares, in order, with their names", () => {
    const listed = [...read("docs/errors.md").matchAll(/^\| `(LAMELLA_\w+)` \| `(\w+)`/gm)].map(([, code, name]) => [code, name]);

    expect(listed).toEqual([...declared()].toSorted(([a], [b]) => a.localeCompare(b)));
    expect(listed.length).toBeGreaterThan(10);
  });
});
