import { defineConfig } from "vitest/config";

const source = (path: string) => new URL(`./packages/${path}`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    // The tests run on the source, so that a failure points there and needs no build.
    alias: [
      { find: /^@lamella\/core\/aws$/, replacement: source("core/src/aws/index.ts") },
      { find: /^@lamella\/core\/extend$/, replacement: source("core/src/extend.ts") },
      { find: /^@lamella\/core\/middy$/, replacement: source("core/src/middy/index.ts") },
      { find: /^@lamella\/events\/(.+)$/, replacement: source("events/src/$1.ts") },
      { find: /^@lamella\/idempotency\/(.+)$/, replacement: source("idempotency/src/$1.ts") },
      { find: /^@lamella\/testing\/runtime$/, replacement: source("testing/src/runtime/index.ts") },
      { find: /^@lamella\/testing\/matchers$/, replacement: source("testing/src/matchers.ts") },
      { find: /^@lamella\/testing\/simulators$/, replacement: source("testing/src/simulators/index.ts") },
      { find: /^@lamella\/http\/(.+)$/, replacement: source("http/src/$1.ts") },
      { find: /^@lamella\/testing\/fixtures$/, replacement: source("testing/src/fixtures/index.ts") },
      { find: /^@lamella\/testing\/http$/, replacement: source("testing/src/http/index.ts") },
      { find: /^@lamella\/tracer\/otel$/, replacement: source("tracer/src/otel/index.ts") },
      { find: /^@lamella\/([a-z]+)$/, replacement: source("$1/src/index.ts") },
    ],
  },
  test: {
    include: ["packages/*/{src,test,proof}/**/*.test.ts", "examples/*/**/*.test.ts", "bench/**/*.test.ts", "docs/**/*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
    restoreMocks: true,
    unstubEnvs: true,
  },
});
