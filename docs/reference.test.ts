import { readFileSync } from "node:fs";
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

describe("docs/reference", () => {
  it.for([
    { page: "core.md", modules: ["packages/core/src/index.ts", "packages/core/src/extend.ts"] },
    { page: "events.md", modules: ["packages/events/src/sqs.ts"] },
    { page: "http.md", modules: ["packages/http/src/index.ts"] },
    { page: "logger.md", modules: ["packages/logger/src/index.ts"] },
    {
      page: "testing.md",
      modules: [
        "packages/testing/src/index.ts",
        "packages/testing/src/fixtures/index.ts",
        "packages/testing/src/matchers.ts",
        "packages/testing/src/simulators/index.ts",
      ],
    },
  ])("lists every export in $page, and nothing else", ({ page, modules }) => {
    const listed = [...read(`docs/reference/${page}`).matchAll(/^- `(\w+)`/gm)].map(([, name]) => name as string);

    expect(new Set(listed)).toEqual(new Set(modules.flatMap(exportsOf)));
  });
});
