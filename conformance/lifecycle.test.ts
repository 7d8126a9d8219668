import { httpApiEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { clients } from "./clients.ts";
import { messagesOf, run } from "./run.ts";

const get = (path = "/"): object => httpApiEvent({ path });

describe.for(clients)("ready under $of", ({ client }) => {
  it("makes resources in the init phase, and shuts them down on SIGTERM, the last first", async () => {
    const runtime = await run("database", { client });
    expect(runtime.init.error).toBe(undefined);
    expect(messagesOf(runtime.logs)).toEqual(["config opened", "db opened at postgres://orders"]);
    expect((await runtime.invoke(get())).reply).toMatchObject({ statusCode: 200 });

    const ended = await runtime.shutdown();

    expect(messagesOf(ended.logs)).toEqual(["bye", "db closing", "db closed", "config closed"]);
    expect(ended).toMatchObject({ wasAsked: true, wasKilled: false, signal: "SIGTERM" });
  });

  it("fails the init phase with an init that fails, and Lambda tries again at the invocation", async () => {
    const runtime = await run("database", { client, env: { FAILING_INITS: "1" } });

    const error = { errorType: "InitError", errorMessage: `"db" could not be made: connection 1 refused` };
    expect(runtime.init.error).toMatchObject(error);
    expect((await runtime.invoke(get())).error).toMatchObject(error);
  });

  it("has a shutdown that takes longer than its share given up, and those after it run", async () => {
    const runtime = await run("database", { client, env: { CLOSING_MS: "60000" }, shutdownMs: 2_000 });

    const { logs, wasKilled, durationMs } = await runtime.shutdown();

    expect(messagesOf(logs)).toEqual([
      "bye",
      "db closing",
      expect.stringMatching(/the shutdown of "db" was given up after \d+ ms/),
      "config closed",
    ]);
    expect(wasKilled).toBe(false);
    expect(durationMs).toBeLessThan(1_000);
  });

  it("is killed where the process blocks for longer than Lambda waits", async () => {
    const runtime = await run("database", { client, env: { CLOSING_MS: "200" }, shutdownMs: 20 });

    const ended = await runtime.shutdown();

    expect(ended).toMatchObject({ wasAsked: true, wasKilled: true, signal: "SIGKILL" });
    expect(messagesOf(ended.logs)).not.toContain("db closed");
  });

  it("answers a request whose handler never settles, by the deadline", async () => {
    const runtime = await run("database", { client });

    const { error, durationMs, reply } = await runtime.invoke(get("/never"), { timeoutMs: 2_000 });

    // Nothing else keeps the process alive but the deadline's own timer.
    expect(error).toBe(undefined);
    expect(reply).toMatchObject({ statusCode: 503 });
    expect(durationMs).toBeLessThan(2_000);
  });

  it("makes everything anew in a new environment", async () => {
    const runtime = await run("database", { client });
    await runtime.recycle();

    const { initMs, logs } = await runtime.invoke(get());

    expect(initMs).toBeGreaterThan(0);
    expect(messagesOf(logs)).toContain("config opened");
  });
});

describe.for(clients)("without ready under $of", ({ client }) => {
  const env = { UNREADY: "1" };

  it("resources are made while the module loads, nothing is shut down, and one warning says so", async () => {
    const runtime = await run("database", { client, env });
    await runtime.invoke(get());
    await runtime.invoke(get());

    const warnings = messagesOf(runtime.logs).filter((line) => line.startsWith("[lamella]"));
    expect(warnings).toEqual([expect.stringContaining("await ready(wrap(…))")]);
    expect(await runtime.shutdown()).toMatchObject({ wasAsked: false, wasKilled: true, signal: "SIGKILL", logs: [] });
  });

  it("an init that fails is a 503, ends no process, and is tried again by the next invocation", async () => {
    const runtime = await run("database", { client, env: { ...env, FAILING_INITS: "2" } });
    expect(runtime.init.error).toBe(undefined);

    const replies = [await runtime.invoke(get()), await runtime.invoke(get()), await runtime.invoke(get())];

    // The first try failed in the init phase, or was waited for.
    const [first, , third] = replies.map(({ reply }) => reply as { readonly statusCode: number; readonly body: string });
    expect(first?.statusCode).toBe(503);
    expect(third?.statusCode).toBe(200);
    expect(third?.body).toBe('{"tries":3}');
    expect(replies.every(({ error }) => error === undefined)).toBe(true);
  });
});

describe.for(clients)("readySync in CommonJS under $of", ({ client }) => {
  it("registers while the module loads, and shuts down on SIGTERM", async () => {
    const runtime = await run("database-sync", { client, format: "cjs" });
    expect((await runtime.invoke("event")).reply).toBe("made");

    const ended = await runtime.shutdown();

    expect(messagesOf(ended.logs)).toEqual(["db closed"]);
    expect(ended).toMatchObject({ wasAsked: true, wasKilled: false, signal: "SIGTERM" });
    expect(runtime.logs.join("\n")).not.toContain("[lamella]");
  });

  it("is asked for by a warning where it is missing", async () => {
    const runtime = await run("database-sync", { client, format: "cjs", env: { UNREADY: "1" } });
    await runtime.invoke("event");

    expect(messagesOf(runtime.logs).filter((line) => line.startsWith("[lamella]"))).toEqual([expect.stringContaining("readySync")]);
    expect(await runtime.shutdown()).toMatchObject({ wasAsked: false });
  });
});
