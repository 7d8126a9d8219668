import { wrap } from "@lamella/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ApiRequest, apiEvent, context } from "../test/api-event.ts";
import { form } from "./form.ts";
import { httpApi } from "./http-api.ts";

const TYPE = "application/x-www-form-urlencoded";

async function sent(request: ApiRequest, schema?: z.ZodType) {
  const handler = wrap(httpApi({ body: schema === undefined ? form() : form(schema) }), async ({ body }) => ({ body }));
  const { statusCode, body, headers } = await handler(apiEvent({ method: "POST", ...request }), context());
  return { statusCode, headers, document: JSON.parse(body as string) };
}

describe("form", () => {
  it.for<{ what: string; body: string; gives: object }>([
    { what: "fields", body: "a=1&b=2", gives: { a: "1", b: "2" } },
    { what: "a name that comes several times", body: "a=1&b=2&a=3&a=", gives: { a: ["1", "3", ""], b: "2" } },
    { what: "a plus and an encoded one", body: "a=1+2%2B3", gives: { a: "1 2+3" } },
    { what: "names and values beyond ASCII", body: "%C5%BC=%E2%82%AC&ż=€", gives: { ż: ["€", "€"] } },
    { what: "what is no encoding", body: "a=%ZZ&b=%", gives: { a: "%ZZ", b: "%" } },
    { what: "bytes that are no UTF-8", body: "a=%E9", gives: { a: "\ufffd" } },
    { what: "a name without a value", body: "a&b=", gives: { a: "", b: "" } },
    { what: "an equals sign in a value", body: "a=b=c", gives: { a: "b=c" } },
    { what: "a name that every object has", body: "constructor=1&toString=2", gives: { constructor: "1", toString: "2" } },
    { what: "nothing", body: "", gives: {} },
  ])("reads $what", async ({ body, gives }) => {
    expect(await sent({ body, headers: { "content-type": TYPE } })).toMatchObject({ statusCode: 200, document: { body: gives } });
  });

  it("reads what the service sends as base64, and more names than Node.js does by default", async () => {
    const body = Array.from({ length: 1_001 }, (_, index) => `f${index}=${index}`).join("&");

    const { document } = await sent({ body: Buffer.from(body).toString("base64"), base64: true });

    expect(Object.keys(document.body)).toHaveLength(1_001);
  });

  it("gives a schema text, and a list where it declares one", async () => {
    const schema = z.object({ age: z.coerce.number(), tag: z.array(z.string()), one: z.string() });

    expect((await sent({ body: "age=5&tag=a&one=b" }, schema)).document.body).toEqual({ age: 5, tag: ["a"], one: "b" });
    expect(await sent({ body: "age=x&tag=a&tag=b&one=c" }, schema)).toMatchObject({
      statusCode: 400,
      document: { errors: [{ in: "body", pointer: "#/age" }] },
    });
  });

  it.for(["__proto__=1", "__proto__=1&__proto__=2", "%5F_proto__=x"])("refuses a name that changes objects: %s", async (body) => {
    expect(await sent({ body })).toMatchObject({ statusCode: 400 });
    expect(await sent({ body }, z.looseObject({}))).toMatchObject({ statusCode: 400 });
  });

  it("refuses bytes that are no text", async () => {
    expect(await sent({ body: Buffer.from([0x61, 0xff]).toString("base64"), base64: true })).toMatchObject({ statusCode: 400 });
  });

  it("cannot be made with what is no schema", () => {
    expect(() => form(5 as never)).toThrow(TypeError);
  });
});

describe("the content type of a body", () => {
  it.for<{ codec: "form" | "json"; type: string | undefined; status: number }>([
    { codec: "form", type: TYPE, status: 200 },
    { codec: "form", type: "Application/X-WWW-Form-Urlencoded ; Charset=UTF-8", status: 200 },
    { codec: "form", type: `${TYPE};charset="utf-8"`, status: 200 },
    { codec: "form", type: `${TYPE};charset=iso-8859-1`, status: 415 },
    { codec: "form", type: "application/json", status: 415 },
    { codec: "form", type: "multipart/form-data; boundary=x", status: 415 },
    { codec: "form", type: undefined, status: 200 },
    { codec: "json", type: "application/json", status: 200 },
    { codec: "json", type: "application/json; charset=utf-8", status: 200 },
    { codec: "json", type: "application/problem+json", status: 200 },
    { codec: "json", type: "text/json", status: 200 },
    { codec: "json", type: undefined, status: 200 },
    { codec: "json", type: "", status: 200 },
    { codec: "json", type: "application/+json", status: 415 },
    { codec: "json", type: "text/plain", status: 415 },
    { codec: "json", type: TYPE, status: 415 },
    { codec: "json", type: "application/jsonp", status: 415 },
    { codec: "json", type: "application/json;charset=utf-16", status: 415 },
    { codec: "json", type: "json", status: 415 },
  ])("is held against the $codec codec: $status for $type", async ({ codec, type, status }) => {
    const body = codec === "form" ? form() : z.object({});
    const headers: Record<string, string> = type === undefined ? {} : { "Content-Type": type };

    const reply = await wrap(httpApi({ body }), () => "ok")(apiEvent({ body: codec === "form" ? "a=1" : {}, headers }), context());

    expect(reply.statusCode).toBe(status);
    if (status === 415) {
      expect(JSON.parse(reply.body as string)).toMatchObject({
        title: "Unsupported Media Type",
        detail: expect.stringMatching(/^The body is not application.* in UTF-8\.$/),
      });
    }
  });

  it("goes before what else is wrong, and does not matter where there is no body", async () => {
    const handler = wrap(httpApi({ body: z.object({}), query: z.object({ page: z.string() }) }), () => "ok");
    const headers = { "content-type": "text/plain" };

    expect((await handler(apiEvent({ body: {}, headers }), context())).statusCode).toBe(415);
    expect((await handler(apiEvent({ method: "POST", headers }), context())).statusCode).toBe(400);
  });
});
