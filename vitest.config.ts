import { defineConfig } from "vitest/config";

const source = (path: string) => new URL(`./packages/${path}`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    // The tests run on the source, so that a failure points there and needs no build.
    alias: [
      { find: /^@lamella\/core\/aws$/, replacement: source("core/src/aws/index.ts") },
      { find: /^@lamella\/core\/extend$/, replacement: source("core/src/extend.ts") },
      { find: /^@lamella\/events\/(.+)$/, replacement: source("events/src/$1.ts") },
      { find: /^@lamella\/idempotency\/(.+)$/, replacement: source("idempotency/src/$1.ts") },
      { find: /^@lamella\/testing\/fixtures$/, replacement: source("testing/src/fixtures/index.ts") },
      { find: /^@lamella\/([a-z]+)$/, replacement: source("$1/src/index.ts") },
    ],
  },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "examples/*/**/*.test.ts", "bench/**/*.test.ts", "docs/**/*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
    restoreMocks: true,
    unstubEnvs: true,
  },
});
