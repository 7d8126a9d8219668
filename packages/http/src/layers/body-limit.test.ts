import { wrap } from "@lamella/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ApiRequest, apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";
import { bodyLimit } from "./body-limit.ts";

const statusOf = async (maxBytes: number, request: ApiRequest, body?: z.ZodType) =>
  (await wrap(httpApi({ body }), bodyLimit({ maxBytes }), () => "ok")(apiEvent({ method: "POST", ...request }), context())).statusCode;

describe("a body", () => {
  it.for<{ what: string; bytes: number; request: ApiRequest }>([
    { what: "ASCII", bytes: 5, request: { body: "hello" } },
    { what: "characters of several bytes", bytes: 6, request: { body: "é€b" } },
    { what: "bytes without padding", bytes: 3, request: { body: Buffer.from("abc").toString("base64"), base64: true } },
    { what: "bytes with padding", bytes: 4, request: { body: Buffer.from("abcd").toString("base64"), base64: true } },
    { what: "base64 with line breaks", bytes: 4, request: { body: "YW\r\n\r\n\r\nJj\r\n\r\nZA==", base64: true } },
    { what: "a length that lies", bytes: 5, request: { body: "hello", headers: { "content-length": "1" } } },
    { what: "a length that lies the other way", bytes: 5, request: { body: "hello", headers: { "content-length": "99999" } } },
  ])("of $what counts as $bytes bytes", async ({ bytes, request }) => {
    expect(await statusOf(bytes, request)).toBe(200);
    expect(await statusOf(bytes - 1, request)).toBe(413);
  });

  it("that is not there is never too large", async () => {
    expect(await statusOf(0, {})).toBe(200);
  });

  it("that is too large is not decoded, and is told the limit", async () => {
    const handler = wrap(httpApi({ body: z.object({ id: z.string() }) }), bodyLimit({ maxBytes: 3 }), () => "ok");

    const { statusCode, body } = await handler(apiEvent({ body: "{no json" }), context());

    expect(statusCode).toBe(413);
    expect(JSON.parse(body as string)).toMatchObject({ title: "Payload Too Large", detail: "The body is larger than 3 bytes." });
  });

  it("that is no text is refused where it is read", async () => {
    const event = { ...apiEvent({ method: "POST" }), body: { id: 1 } as never };

    const { statusCode } = await wrap(httpApi({ body: z.unknown() }), bodyLimit({ maxBytes: 3 }), () => "ok")(event, context());

    expect(statusCode).toBe(400);
  });

  it.for([-1, 1.5, Number.NaN, Infinity, "5"])("cannot be limited to %s", (maxBytes) => {
    expect(() => bodyLimit({ maxBytes: maxBytes as number })).toThrow(RangeError);
  });
});
