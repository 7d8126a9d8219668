import { type Layer, layer, OutputError, wrap } from "@lamella/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

describe("declared responses", () => {
  const Created = z.object({ id: z.string() });
  const single = httpApi({ response: Created });
  const byStatus = httpApi({ response: { 200: Created, 201: Created, 204: null, 404: z.object({ title: z.string() }) } });

  it("are what is sent, without what the schema does not name", async () => {
    const handler = wrap(byStatus, async ({ reply }) => reply(201, Object.assign({ id: "1" }, { passwordHash: "x" })));

    expect(await handler(apiEvent(), context())).toMatchObject({ statusCode: 201, body: '{"id":"1"}' });
  });

  it("let other statuses through where one schema stands for success", async () => {
    const handler = wrap(single, async ({ reply }) => reply(409, { anything: true }));

    expect(await handler(apiEvent(), context())).toMatchObject({ statusCode: 409, body: '{"anything":true}' });
  });

  it("let a status without a body through", async () => {
    expect(await wrap(byStatus, async ({ reply }) => reply(204))(apiEvent(), context())).toEqual({ statusCode: 204, headers: {} });
  });

  it("may be asynchronous", async () => {
    const handler = wrap(httpApi({ response: Created.refine(async () => true) }), async () => ({ id: "1" }));

    expect(await handler(apiEvent(), context())).toMatchObject({ statusCode: 200, body: '{"id":"1"}' });
  });

  it("are a 204 where the schema takes undefined", async () => {
    expect(await wrap(httpApi({ response: z.undefined() }), async () => undefined)(apiEvent(), context())).toMatchObject({
      statusCode: 204,
    });
  });

  // Wrong in types as well: what is thrown at the checks here comes from JavaScript, or from a layer's answer.
  const wrong = (source: unknown, output: unknown) => wrap(source as ReturnType<typeof httpApi>, async () => output);
  it.for<{ what: string; source: unknown; output: () => unknown; message: string }>([
    {
      what: "a body of the wrong shape",
      source: single,
      output: () => ({ id: 1, secret: "s3cret" }),
      message: "The 200 response body that the handler returned does not fit its schema at /id",
    },
    { what: "nothing", source: single, output: () => undefined, message: "does not fit its schema" },
    { what: "a web Response", source: single, output: () => new Response("s3cret"), message: "cannot be checked" },
    {
      what: "a plain object without a schema for 200",
      source: httpApi({ response: { 201: Created } }),
      output: () => ({ id: "s3cret" }),
      message: "is 200, which the declared responses lack",
    },
  ])("make $what a 500 that leaks nothing", async ({ source, output, message }) => {
    const reply = await wrong(source, output())(apiEvent(), context());

    expect(reply).toMatchObject({ statusCode: 500 });
    expect(reply.body).not.toContain("s3cret");
    expect(console.error).toHaveBeenCalledWith(
      expect.anything(),
      expect.objectContaining({ code: "LAMELLA_OUTPUT", message: expect.stringContaining(message) }),
    );
  });

  it("make a body where none is declared a 500", async () => {
    const handler = wrap(byStatus, async ({ reply }) => (reply as (status: number, body: unknown) => never)(204, "x"));

    expect(await handler(apiEvent(), context())).toMatchObject({ statusCode: 500 });
  });

  it("make a status that is not declared a 500", async () => {
    const handler = wrap(byStatus, async ({ reply }) => (reply as (status: number) => never)(202));

    expect(await handler(apiEvent(), context())).toMatchObject({ statusCode: 500 });
  });

  it("are the error that layers see", async () => {
    const seen: unknown[] = [];
    const spy: Layer<unknown, {}, {}> = layer("spy", async (_item, _ctx, next) => {
      try {
        return await next();
      } catch (error) {
        seen.push(error);
        throw error;
      }
    });

    await wrap(single, spy, async () => ({}) as never)(apiEvent(), context());

    expect(seen).toEqual([expect.any(OutputError)]);
  });
});
