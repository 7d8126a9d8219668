import { defineConfig } from "vitest/config";
import base from "../vitest.config.ts";

// Apart from the unit tests: these run functions in processes, under Lambda's own runtime client as well.
export default defineConfig({
  resolve: base.resolve ?? {},
  root: new URL(".", import.meta.url).pathname,
  test: {
    include: ["**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each test has processes of its own already.
    maxWorkers: 2,
  },
});
