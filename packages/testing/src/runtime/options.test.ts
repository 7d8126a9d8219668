import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkOptions } from "./options.ts";
import { toSetting } from "./setting.ts";

const folder = mkdtempSync(join(tmpdir(), "runtime-"));
for (const name of ["index.mjs", "index.test.mjs"]) writeFileSync(join(folder, name), "");
afterAll(() => rmSync(folder, { recursive: true }));

describe("startRuntime's options", () => {
  it.for([
    { why: "nothing", options: undefined, error: TypeError },
    { why: "neither file nor handler", options: {}, error: TypeError },
    { why: "a handler without an export", options: { handler: "index" }, error: TypeError },
    { why: "a file that is a number", options: { file: 1 }, error: TypeError },
    { why: "an env that is text", options: { file: "a.mjs", env: "A=1" }, error: TypeError },
    { why: "a timeout of 0", options: { file: "a.mjs", timeoutMs: 0 }, error: RangeError },
    { why: "no concurrency", options: { file: "a.mjs", maxConcurrency: 0 }, error: RangeError },
    { why: "a negative time to shut down", options: { file: "a.mjs", shutdownMs: -1 }, error: RangeError },
    { why: "freezes that is a word", options: { file: "a.mjs", freezes: "yes" }, error: TypeError },
  ])("are refused with $why", ({ options, error }) => {
    expect(() => checkOptions(options as never)).toThrow(error);
  });

  it.for([
    { file: "a.mjs", timeoutMs: 1 },
    { file: "a.mjs", shutdownMs: 0 },
    { handler: "dist/index.handler" },
    { file: "a.mjs", handler: "api" },
  ])("may be %o", (options) => {
    expect(() => checkOptions(options)).not.toThrow();
  });

  it.for([
    { options: { file: join(folder, "index.mjs") }, root: folder, handler: "index.handler" },
    { options: { file: join(folder, "index.mjs"), handler: "api" }, root: folder, handler: "index.api" },
    { options: { handler: "dist/index.handler", taskRoot: folder }, root: folder, handler: "dist/index.handler" },
  ])("become the handler setting $handler", ({ options, root, handler }) => {
    expect(toSetting({ ...options, client: "lamella" }).env).toMatchObject({ LAMBDA_TASK_ROOT: root, _HANDLER: handler });
  });

  it("hand on no variable of this process, and take out what is undefined", () => {
    const { env } = toSetting({ file: join(folder, "index.mjs"), client: "lamella", env: { TABLE: "orders", AWS_REGION: undefined } });

    expect(env["TABLE"]).toBe("orders");
    expect(env).not.toHaveProperty("AWS_REGION");
    expect(env).not.toHaveProperty("VITEST");
    expect(env).not.toHaveProperty("AWS_LAMBDA_MAX_CONCURRENCY");
  });

  it.for([
    { what: "a file that is not there", options: { file: join(folder, "none.mjs") }, says: "Build the bundle first" },
    {
      what: "a file of two dots, which Lambda cannot name",
      options: { file: join(folder, "index.test.mjs") },
      says: "cannot run index.test.mjs",
    },
    { what: "a client that is not there", options: { file: join(folder, "index.mjs"), client: join(folder, "none") }, says: "found no" },
  ])("say what is wrong with $what", ({ options, says }) => {
    expect(() => toSetting(options)).toThrow(says);
  });
});
