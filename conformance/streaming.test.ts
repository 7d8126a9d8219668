import { functionUrlEvent, restApiEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { clients } from "./clients.ts";
import { type Format, run } from "./run.ts";

const formats: readonly Format[] = ["esm", "cjs"];
const table = clients.flatMap(({ of, client }) => formats.map((format) => ({ of, client, format })));
const problem = (status: number, title: string) => JSON.stringify({ type: "about:blank", title, status });

describe.for(table)("stream() in a bundle in $format under $of", ({ client, format }) => {
  it.for([
    {
      what: "chunks, with a status, headers and cookies",
      path: "/two",
      prelude: { statusCode: 201, headers: { "content-type": "text/plain" }, cookies: ["a=1", "b=2"] },
      body: "one two",
    },
    {
      what: "a stream of nothing",
      path: "/empty",
      prelude: { statusCode: 200, headers: { "content-type": "application/octet-stream" } },
      body: "",
    },
    { what: "no body at all", path: "/nothing", prelude: { statusCode: 204, headers: {} }, body: "" },
    {
      what: "a redirect without a body",
      path: "/moved",
      prelude: { statusCode: 302, headers: { location: "/two" }, cookies: ["a=1", "b=2"] },
      body: "",
    },
    { what: "JSON", path: "/json", prelude: { statusCode: 200, headers: { "content-type": "application/json" } }, body: '{"id":1}' },
    {
      what: "server-sent events",
      path: "/events",
      prelude: {
        statusCode: 200,
        headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform" },
      },
      body: 'event: progress\ndata: {"done":1}\n\n',
    },
    { what: "a web Response", path: "/response", prelude: { statusCode: 202, headers: {} }, body: "one two" },
    {
      what: "a 404 where the handler throws one",
      path: "/nowhere",
      prelude: { statusCode: 404, headers: { "content-type": "application/problem+json" } },
      body: problem(404, "Not Found"),
    },
    {
      what: "a 500 that says nothing where the handler throws",
      path: "/throws",
      prelude: { statusCode: 500, headers: { "content-type": "application/problem+json" } },
      body: problem(500, "Internal Server Error"),
    },
    {
      what: "a 500 that says nothing where the stream fails before the prelude",
      path: "/fails-at-once",
      prelude: { statusCode: 500, headers: { "content-type": "application/problem+json" } },
      body: problem(500, "Internal Server Error"),
    },
  ])("sends $what", async ({ path, prelude, body }) => {
    const runtime = await run("streaming-api", { client, format });

    const { streamed, error } = await runtime.invoke(functionUrlEvent({ path }));

    expect(error).toBe(undefined);
    expect(streamed).toMatchObject({ prelude, contentType: "application/vnd.awslambda.http-integration-response" });
    expect(Buffer.from(streamed?.body ?? []).toString()).toBe(body);
    expect((await runtime.invoke(functionUrlEvent({ path: "/json" }))).streamed?.prelude).toMatchObject({ statusCode: 200 });
  });

  it("logs what failed before the prelude", async () => {
    const runtime = await run("streaming-api", { client, format });

    const { logs } = await runtime.invoke(functionUrlEvent({ path: "/fails-at-once" }));

    expect(logs.join("\n")).toContain("at once, and that is a secret");
  });

  it("ends the response as failed where the stream fails midway, and goes on", async () => {
    const runtime = await run("streaming-api", { client, format });

    const { streamed, error } = await runtime.invoke(functionUrlEvent({ path: "/fails-midway" }));

    expect(error).toMatchObject({ errorType: "RangeError", errorMessage: "midway" });
    // What came before the trailers, which say that it failed.
    expect(Buffer.from(streamed?.body ?? []).toString()).toBe("one ");
    expect((await runtime.invoke(functionUrlEvent({ path: "/json" }))).error).toBe(undefined);
  });

  it("ends the source when the client goes, and takes the next invocation", async () => {
    const runtime = await run("streaming-api", { client, format, timeoutMs: 10_000 });

    const { streamed } = await runtime.invoke(functionUrlEvent({ path: "/endless" }), { leavesAfterBytes: 10_000 });
    await runtime.logged("the source has ended");
    // The client's own last word; it goes on all the same.
    await runtime.logged("Response stream is not finished.");

    expect(streamed?.prelude).toMatchObject({ statusCode: 200 });
    expect(streamed?.body.byteLength).toBeGreaterThan(9_000);
    expect((await runtime.invoke(functionUrlEvent({ path: "/json" }))).streamed?.prelude).toMatchObject({ statusCode: 200 });
  });

  it("sends more than a reply in one piece may have", async () => {
    const runtime = await run("streaming-api", { client, format, timeoutMs: 10_000 });

    const { streamed, error } = await runtime.invoke(functionUrlEvent({ path: "/large" }));

    expect(error).toBe(undefined);
    expect(streamed?.body.byteLength).toBe(8 * 1_024 * 1_024);
    expect([streamed?.body.at(0), streamed?.body.at(-1)]).toEqual([0, 7]);
  });

  it("answers 503 near the timeout where nothing was sent", async () => {
    const runtime = await run("streaming-api", { client, format, timeoutMs: 1_500 });

    const { streamed, error } = await runtime.invoke(functionUrlEvent({ path: "/never" }));

    expect(error).toBe(undefined);
    expect(streamed?.prelude).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
  });

  it("has the marks by which the runtime knows that it streams", async () => {
    const runtime = await run("streaming-api", { client, format });

    const { streamed } = await runtime.invoke(functionUrlEvent({ path: "/marks" }));

    expect(JSON.parse(Buffer.from(streamed?.body ?? []).toString())).toEqual({
      streaming: "response",
      highWaterMark: 4_096,
      parameters: 3,
    });
  });

  it("rejects an event of another service", async () => {
    const runtime = await run("streaming-api", { client, format });

    expect((await runtime.invoke({ Records: [] })).error).toMatchObject({ errorType: "WrongEventError" });
  });

  it("writes the prelude as a REST API wants it: several values in a map of their own", async () => {
    const runtime = await run("streaming-api", { client, format, handler: "rest" });

    const { streamed } = await runtime.invoke(restApiEvent({ path: "/two" }));

    expect(streamed?.prelude).toEqual({
      statusCode: 201,
      headers: { "content-type": "text/plain" },
      multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
    });
    expect(Buffer.from(streamed?.body ?? []).toString()).toBe("one two");
  });
});
