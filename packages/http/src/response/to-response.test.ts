import { wrap } from "@lamella/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

describe("what a handler returns", () => {
  it.for<{ what: string; output: () => unknown; reply: object }>([
    {
      what: "an object",
      output: () => ({ a: 1 }),
      reply: { statusCode: 200, headers: { "content-type": "application/json" }, body: '{"a":1}' },
    },
    { what: "an array", output: () => [1], reply: { statusCode: 200, headers: { "content-type": "application/json" }, body: "[1]" } },
    { what: "a number", output: () => 0, reply: { statusCode: 200, headers: { "content-type": "application/json" }, body: "0" } },
    { what: "a boolean", output: () => false, reply: { statusCode: 200, headers: { "content-type": "application/json" }, body: "false" } },
    { what: "null", output: () => null, reply: { statusCode: 200, headers: { "content-type": "application/json" }, body: "null" } },
    { what: "text", output: () => "hi", reply: { statusCode: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "hi" } },
    { what: "undefined", output: () => undefined, reply: { statusCode: 204, headers: {} } },
    {
      what: "bytes",
      output: () => new Uint8Array([0, 255]),
      reply: { statusCode: 200, headers: { "content-type": "application/octet-stream" }, body: "AP8=", isBase64Encoded: true },
    },
    {
      what: "a stream",
      output: () => new Blob(["a", "b"]).stream(),
      reply: { statusCode: 200, headers: { "content-type": "application/octet-stream" }, body: "YWI=", isBase64Encoded: true },
    },
    {
      what: "an ArrayBuffer",
      output: () => new Uint8Array([0, 255]).buffer,
      reply: { statusCode: 200, headers: { "content-type": "application/octet-stream" }, body: "AP8=", isBase64Encoded: true },
    },
    {
      what: "a Blob, with its type",
      output: () => new Blob(["<p>", "hi"], { type: "text/html" }),
      reply: { statusCode: 200, headers: { "content-type": "text/html" }, body: "<p>hi" },
    },
    {
      what: "a Blob without a type",
      output: () => new Blob(["hi"]),
      reply: { statusCode: 200, headers: { "content-type": "application/octet-stream" }, body: "aGk=", isBase64Encoded: true },
    },
    {
      what: "JSON that a client sent and that says it is a reply",
      output: () => JSON.parse('{"~reply":true,"status":302,"headers":{"location":"https://evil.example"}}'),
      reply: {
        statusCode: 200,
        headers: { "content-type": "application/json" },
        body: '{"~reply":true,"status":302,"headers":{"location":"https://evil.example"}}',
      },
    },
    {
      what: "a web Response of text",
      output: () =>
        new Response("hi", {
          status: 201,
          headers: [
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2; Path=/"],
            ["x-a", "1"],
            ["x-a", "2"],
          ],
        }),
      reply: {
        statusCode: 201,
        headers: { "content-type": "text/plain;charset=UTF-8", "x-a": "1, 2" },
        cookies: ["a=1", "b=2; Path=/"],
        body: "hi",
      },
    },
    {
      what: "an empty web Response",
      output: () => new Response(null, { status: 304, headers: { etag: '"1"' } }),
      reply: { statusCode: 304, headers: { etag: '"1"' } },
    },
    {
      what: "a web Response of an image",
      output: () => new Response(new Uint8Array([137, 80]), { headers: { "content-type": "image/png" } }),
      reply: { statusCode: 200, headers: { "content-type": "image/png" }, body: "iVA=", isBase64Encoded: true },
    },
    {
      what: "a web Response of compressed text",
      output: () => new Response(new Uint8Array([31, 139]), { headers: { "content-type": "text/html", "content-encoding": "gzip" } }),
      reply: { statusCode: 200, headers: { "content-type": "text/html", "content-encoding": "gzip" }, body: "H4s=", isBase64Encoded: true },
    },
  ])("is sent when it is $what", async ({ output, reply }) => {
    expect(await wrap(httpApi(), async () => output())(apiEvent(), context())).toEqual(reply);
  });

  it("is sent when it is a reply, with lists of header values", async () => {
    const handler = wrap(httpApi(), async ({ reply }) =>
      reply(201, { id: 1 }, { Location: "/1", "Set-Cookie": ["a=1", "b=2"], vary: ["accept", "origin"] }),
    );

    expect(await handler(apiEvent(), context())).toEqual({
      statusCode: 201,
      headers: { "content-type": "application/json", location: "/1", vary: "accept, origin" },
      cookies: ["a=1", "b=2"],
      body: '{"id":1}',
    });
  });

  it.for([204, 205, 304] as const)("has no body with status %i", async (status) => {
    const reply = await wrap(httpApi(), async ({ reply: answer }) => answer(status as 204, "not sent", { etag: "1" }))(
      apiEvent(),
      context(),
    );

    expect(reply).toEqual({ statusCode: status, headers: { etag: "1" } });
  });

  it("has its headers and no body for HEAD", async () => {
    const reply = await wrap(httpApi(), async () => ({ a: 1 }))(apiEvent({ method: "HEAD" }), context());

    expect(reply).toEqual({ statusCode: 200, headers: { "content-type": "application/json" } });
  });

  it("has no body for HEAD when it is an error either", async () => {
    const reply = await wrap(httpApi({ query: z.object({ a: z.string() }) }), () => "ok")(apiEvent({ method: "HEAD" }), context());

    expect(reply).toEqual({ statusCode: 400, headers: { "content-type": "application/problem+json" } });
  });

  const cycle: Record<string, unknown> = { secret: "s3cret" };
  cycle["self"] = cycle;
  it.for<{ what: string; output: () => unknown }>([
    { what: "has a cycle", output: () => cycle },
    { what: "has a BigInt", output: () => ({ s3cret: 1n }) },
    { what: "is a function", output: () => () => "s3cret" },
    { what: "is a symbol", output: () => Symbol("s3cret") },
    {
      what: "is a Response that was read",
      output: async () => {
        const read = new Response("s3cret");
        await read.text();
        return read;
      },
    },
    { what: "is a Response of an error", output: () => Response.error() },
  ])("is a 500 that leaks nothing when it $what", async ({ output }) => {
    const reply = await wrap(httpApi(), async () => output())(apiEvent(), context());

    expect(reply).toMatchObject({ statusCode: 500, headers: { "content-type": "application/problem+json" } });
    expect(JSON.stringify(reply)).not.toContain("s3cret");
    expect(console.error).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ code: "LAMELLA_OUTPUT" }));
  });

  it.for<{ what: string; headers: Record<string, string> }>([
    { what: "a line break in a value", headers: { location: "/x\r\nset-cookie: admin=1" } },
    { what: "a bare line feed in a value", headers: { "x-name": "a\nb" } },
    { what: "a NUL in a value", headers: { "x-name": "a\0b" } },
    { what: "a character beyond Latin-1 in a value", headers: { "x-name": "ż" } },
    { what: "a line break in a cookie", headers: { "set-cookie": "a=1\r\nx: y" } },
    { what: "a line break in a name", headers: { "x\r\ny": "1" } },
    { what: "a space in a name", headers: { "x y": "1" } },
    { what: "an empty name", headers: { "": "1" } },
  ])("is a 500 when a header has $what", async ({ headers }) => {
    const reply = await wrap(httpApi(), async ({ reply: answer }) => answer(200, "hi", headers))(apiEvent(), context());

    expect(reply).toEqual({
      statusCode: 500,
      headers: { "content-type": "application/problem+json" },
      body: expect.stringContaining("Internal Server Error"),
    });
  });

  it.for([0, 99, 101, 600, 200.5, Number.NaN])("is a 500 when its status is %d", async (status) => {
    const reply = await wrap(httpApi(), async ({ reply: answer }) => answer(status as 200))(apiEvent(), context());

    expect(reply.statusCode).toBe(500);
  });

  it("is a 500 when its stream fails", async () => {
    const failing = new ReadableStream({ start: (controller) => controller.error(new Error("s3cret")) });

    const reply = await wrap(httpApi(), async () => failing)(apiEvent(), context());

    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain("s3cret");
  });
});
