import { wrap } from "@lamella/core";
import { edgeEvent, lambdaContext, testing } from "@lamella/testing";
import { edgeFixtures } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { type EdgeEventType, edge } from "./edge.ts";

const context = lambdaContext();
const types = Object.keys(edgeFixtures) as EdgeEventType[];

/** Runs a handler that returns something, with its types erased. */
function send(type: EdgeEventType, returned: unknown, event: unknown = edgeFixtures[type]): Promise<unknown> {
  return wrap(edge(type as "viewer-request"), async () => returned as never)(event as never, context);
}

describe("edge", () => {
  it("opens a viewer's request", async () => {
    const items: Record<string, unknown>[] = [];
    await wrap(edge("viewer-request"), async (request) => {
      items.push({ ...request, headers: request.headers.get("COOKIE"), q: request.query.get("q"), body: request.body });
      expect(request).toMatchObject({
        type: "viewer-request",
        method: "GET",
        uri: "/docs/",
        querystring: "size=large&q=a%20b",
        clientIp: "192.0.2.1",
        isBodyTruncated: false,
        origin: undefined,
        distributionId: "EDFDVBD6EXAMPLE",
        distributionDomainName: "d111111abcdef8.cloudfront.net",
        requestId: expect.stringContaining("4TyzHTaYWb1GX1qTfsHhEqV6HUDd"),
        raw: edgeFixtures["viewer-request"],
      });
    })(edgeFixtures["viewer-request"], context);

    expect(items).toMatchObject([{ headers: "a=1; b=2", q: "a b", body: undefined }]);
  });

  it("opens an origin's request, with its body", async () => {
    await wrap(edge("origin-request"), async ({ body, origin, headers }) => {
      expect(Buffer.from(body as Uint8Array).toString()).toBe('{"id":"order-1"}');
      expect(origin).toMatchObject({ s3: { domainName: "bucket.s3.us-east-1.amazonaws.com" } });
      expect(headers.get("x-forwarded-for")).toBe("192.0.2.7");
    })(edgeFixtures["origin-request"], context);
    expect.assertions(3);
  });

  it("opens a response, with the request that it answers", async () => {
    await wrap(edge("viewer-response"), async ({ status, headers, request }) => {
      expect(status).toBe(200);
      expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
      expect(request.uri).toBe("/");
    })(edgeFixtures["viewer-response"], context);
    expect.assertions(3);
  });

  it.for(types.map((type) => ({ type })))("hands $type back as it came where the handler says nothing", async ({ type }) => {
    const { cf } = edgeFixtures[type].Records[0] as { readonly cf: { readonly request: object; readonly response?: object } };

    // The fixtures are frozen all the way down, so a change would throw.
    expect(await send(type, undefined)).toEqual(cf.response ?? cf.request);
  });

  it.for([
    { what: "another type", event: edgeFixtures["origin-request"] },
    { what: "no records", event: { Records: [] } },
    { what: "two records", event: { Records: [...edgeFixtures["viewer-request"].Records, ...edgeFixtures["viewer-request"].Records] } },
    { what: "a record of a queue", event: { Records: [{ eventSource: "aws:sqs" }] } },
    { what: "a record without a request", event: { Records: [{ cf: { config: { eventType: "viewer-request" } } }] } },
    { what: "null", event: null },
  ])("refuses $what", async ({ event }) => {
    await expect(send("viewer-request", undefined, event)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it("throws at load for a type that there is none of", () => {
    expect(() => edge("viewer" as never)).toThrow(
      "edge(type) must be one of viewer-request, origin-request, origin-response, viewer-response",
    );
  });

  it("rejects with the handler's own error", async () => {
    const failed = new Error("x");
    const { error } = await testing(
      wrap(edge("viewer-request"), async () => {
        throw failed;
      }),
    ).send(edgeFixtures["viewer-request"]);

    expect(error).toBe(failed);
  });
});

describe("a changed request", () => {
  it("has another path, query, headers and origin, and keeps the rest", async () => {
    const { cf } = edgeFixtures["origin-request"].Records[0] as { cf: { request: object } };
    const origin = { custom: { domainName: "b.example.com" } };
    const reply = await send("origin-request", {
      uri: "/b",
      querystring: new URLSearchParams({ a: "1 2" }),
      headers: { "X-Own": ["1", "2"], "User-Agent": undefined, Via: "2.0 2afae0d44e2540f472c0635ab62c232b.cloudfront.net (CloudFront)" },
      origin,
    });

    expect(reply).toEqual({
      ...cf.request,
      uri: "/b",
      querystring: "a=1+2",
      origin,
      headers: {
        host: [{ key: "Host", value: "d111111abcdef8.cloudfront.net" }],
        "x-forwarded-for": [{ key: "X-Forwarded-For", value: "192.0.2.7" }],
        via: [{ key: "Via", value: "2.0 2afae0d44e2540f472c0635ab62c232b.cloudfront.net (CloudFront)" }],
        "x-own": [
          { key: "X-Own", value: "1" },
          { key: "X-Own", value: "2" },
        ],
      },
    });
  });

  it.for([
    { body: "text", gives: { action: "replace", encoding: "text", data: "text", inputTruncated: false } },
    { body: new Uint8Array([0, 255]), gives: { action: "replace", encoding: "base64", data: "AP8=", inputTruncated: false } },
  ])("has another body: $body", async ({ body, gives }) => {
    expect(await send("origin-request", { body })).toMatchObject({ body: gives });
  });

  it.for([
    { what: "a path without a slash", change: { uri: "b" }, says: "does not start with a slash" },
    { what: "a query with a space", change: { querystring: "a=1 2" }, says: "has spaces, control characters or a #" },
    { what: "a query with a fragment", change: { querystring: "a#b" }, says: "has spaces, control characters or a #" },
    { what: "8,192 characters", change: { uri: `/${"a".repeat(8_173)}` }, says: "has 8192 characters" },
    { what: "a host", change: { headers: { host: "x" } }, says: '"host" is read-only in a viewer-request event' },
    { what: "no host", change: { headers: { Host: undefined } }, says: '"host" is read-only' },
    { what: "a forbidden header", change: { headers: { Connection: "close" } }, says: '"connection" may not be set at the edge' },
    { what: "a forbidden prefix", change: { headers: { "X-Edge-Foo": "1" } }, says: '"x-edge-foo" may not be set' },
    { what: "a body where CloudFront sent none", change: { body: "x" }, says: "turn Include body on" },
  ])("may not have $what", async ({ change, says }) => {
    await expect(send("viewer-request", change)).rejects.toMatchObject({ code: "LAMELLA_OUTPUT", message: expect.stringContaining(says) });
  });

  it("may have 8,191 characters", async () => {
    await expect(send("viewer-request", { uri: `/${"a".repeat(8_172)}`, querystring: "x".repeat(18) })).resolves.toBeDefined();
  });

  it("keeps a path that the handler did not touch, whatever it is", async () => {
    const event = edgeEvent("viewer-request", { querystring: "a=1 2" });

    expect(await send("viewer-request", { headers: { "x-own": "1" } }, event)).toMatchObject({ querystring: "a=1 2" });
  });

  it.for([
    { type: "viewer-request", max: 40_960 },
    { type: "origin-request", max: 1_048_576 },
  ] as const)("of $type has a body of at most $max bytes", async ({ type, max }) => {
    const event = edgeEvent(type, { body: "x" });

    expect(await send(type, { body: new Uint8Array(max) }, event)).toMatchObject({ body: { action: "replace" } });
    expect(await send(type, { body: "x".repeat(max) }, event)).toMatchObject({ body: { action: "replace" } });
    await expect(send(type, { body: new Uint8Array(max + 1) }, event)).rejects.toThrow(
      `has ${max + 1} bytes, where CloudFront takes ${max}`,
    );
    await expect(send(type, { body: "ü".repeat(max / 2 + 1) }, event)).rejects.toMatchObject({ code: "LAMELLA_OUTPUT" });
  });
});

describe("a response that the handler makes", () => {
  it("has a status, headers and a body", async () => {
    expect(
      await send("viewer-request", {
        status: 302,
        statusDescription: "Found",
        headers: { Location: "/b", "Set-Cookie": ["a=1", "b=2"] },
        body: "see b",
      }),
    ).toEqual({
      status: "302",
      statusDescription: "Found",
      headers: {
        location: [{ key: "Location", value: "/b" }],
        "set-cookie": [
          { key: "Set-Cookie", value: "a=1" },
          { key: "Set-Cookie", value: "b=2" },
        ],
      },
      body: "see b",
      bodyEncoding: "text",
    });
    expect(await send("origin-request", { status: 200, body: new Uint8Array([1]) })).toEqual({
      status: "200",
      headers: {},
      body: "AQ==",
      bodyEncoding: "base64",
    });
  });

  it.for([
    { what: "status 199", made: { status: 199 }, says: "The status that the handler returned is no whole number" },
    { what: "status 600", made: { status: 600 }, says: "The status" },
    { what: "a status that is text", made: { status: "200" }, says: "The status" },
    { what: "a body with 204", made: { status: 204, body: "x" }, says: "is not allowed with status 204" },
    { what: "a forbidden header", made: { status: 200, headers: { "X-Cache": "x" } }, says: '"x-cache" may not be set' },
  ])("may not have $what", async ({ made, says }) => {
    await expect(send("viewer-request", made)).rejects.toMatchObject({ code: "LAMELLA_OUTPUT", message: expect.stringContaining(says) });
  });

  it("may have headers that are read-only in the request", async () => {
    expect(await send("viewer-request", { status: 200, headers: { "Content-Length": "1" }, body: "x" })).toMatchObject({
      headers: { "content-length": [{ value: "1" }] },
    });
  });

  it("counts its headers to its size", async () => {
    // `a: b` and a line's end are 6 bytes.
    expect(await send("viewer-request", { status: 200, headers: { a: "b" }, body: "x".repeat(40_954) })).toBeDefined();
    await expect(send("viewer-request", { status: 200, headers: { a: "b" }, body: "x".repeat(40_955) })).rejects.toThrow("has 40961 bytes");
  });
});

describe("a changed response", () => {
  it("of an origin has another status, headers and body", async () => {
    expect(
      await send("origin-response", { status: 200, headers: { "Content-Type": "text/html", "Transfer-Encoding": "chunked" }, body: "<p>" }),
    ).toEqual({
      status: "200",
      statusDescription: "",
      headers: {
        "content-type": [{ key: "Content-Type", value: "text/html" }],
        "transfer-encoding": [{ key: "Transfer-Encoding", value: "chunked" }],
      },
      body: "<p>",
      bodyEncoding: "text",
    });
  });

  it("to a viewer has other headers alone", async () => {
    expect(
      await send("viewer-response", { headers: { "strict-transport-security": "max-age=1", "Content-Type": undefined } }),
    ).toMatchObject({
      status: "200",
      headers: { "strict-transport-security": [{ value: "max-age=1" }] },
    });
    await expect(send("viewer-response", { status: 500 })).rejects.toThrow(
      "has a status or a body, which a viewer-response event cannot change",
    );
    await expect(send("viewer-response", { body: "x" })).rejects.toMatchObject({ code: "LAMELLA_OUTPUT" });
  });

  it.for([
    { type: "origin-response", headers: { "Transfer-Encoding": "gzip" } },
    { type: "viewer-response", headers: { Via: undefined } },
    { type: "viewer-response", headers: { Warning: "199" } },
  ] as const)("of $type may not have $headers", async ({ type, headers }) => {
    await expect(send(type, { headers })).rejects.toThrow(`is read-only in a ${type} event`);
  });

  it("is no text", async () => {
    await expect(send("origin-response", "x")).rejects.toThrow("The reply that the handler returned is of type string");
  });
});

describe("headers", () => {
  it("that HTTP cannot carry are passed over, and text beyond ASCII is UTF-8", async () => {
    const event = structuredClone(edgeFixtures["viewer-request"]);
    Object.assign(event.Records[0]?.cf.request.headers as object, {
      "bad name": [{ value: "x" }],
      null: null,
      list: [null, { value: 5 }],
      city: [{ key: "City", value: "Zürich" }],
    });

    await wrap(edge("viewer-request"), async ({ headers }) => {
      expect(Buffer.from(headers.get("city") as string, "latin1").toString()).toBe("Zürich");
      expect(headers.has("list")).toBe(false);
    })(event, context);
    expect.assertions(2);
  });
});
