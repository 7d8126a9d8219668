import { unescape } from "node:querystring";
import { wrap } from "@lamella/core";
import { type HttpRequest, httpApi } from "@lamella/http";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lambdaContext } from "../lambda-context.ts";
import { type HttpApiEventInput, httpApiEvent } from "./http-api-event.ts";

/** The request that a handler gets for an event. */
async function open(input: HttpApiEventInput): Promise<HttpRequest> {
  const requests: HttpRequest[] = [];
  await wrap(httpApi({ body: z.unknown() }), async (request) => void requests.push(request as unknown as HttpRequest))(
    httpApiEvent(input),
    lambdaContext(),
  );
  return requests[0] as HttpRequest;
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
const unicode = fc.string({ unit: "grapheme" });

describe("httpApiEvent", () => {
  it("is inverted by httpApi()", async () => {
    const input = fc.record({
      method: fc.constantFrom("POST", "PUT", "PATCH", "DELETE"),
      path: fc.webPath().map((path) => path || "/"),
      query: fc.dictionary(unicode, fc.oneof(unicode, fc.array(unicode, { minLength: 1, maxLength: 3 })), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
      headers: fc.dictionary(name, fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/), { maxKeys: 4, noNullPrototype: true }),
      cookies: fc.dictionary(name, fc.stringMatching(/^[A-Za-z0-9]{0,10}$/), { maxKeys: 3, noNullPrototype: true }),
      params: fc.dictionary(name, unicode, { maxKeys: 3, noNullPrototype: true }),
      body: fc.dictionary(name, fc.oneof(unicode, fc.integer(), fc.boolean()), { noNullPrototype: true }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ method, path, query, headers, cookies, params, body }) => {
        // These have meanings of their own.
        for (const own of ["cookie", "host", "user-agent", "content-type"]) delete headers[own];

        const request = await open({ method, path, query, headers, cookies, params, body });

        expect({ method: request.method, path: request.path, body: request.body }).toEqual({ method, path: unescape(path), body });
        expect({ ...(request.cookies as object) }).toEqual(cookies);
        expect({ ...(request.params as object) }).toEqual(params);
        for (const [key, value] of Object.entries(headers)) expect(request.headers.get(key.toUpperCase())).toBe(value);
        for (const [key, values] of Object.entries(query)) expect(request.url.searchParams.getAll(key)).toEqual([values].flat());
      }),
      { numRuns: 300 },
    );
  });

  it.for([
    { what: "no body", body: undefined, method: "GET", gives: "", contentType: null },
    { what: "text as it is", body: "plain", method: "POST", gives: "plain", contentType: null },
    { what: "anything else as JSON", body: { a: 1 }, method: "POST", gives: '{"a":1}', contentType: "application/json" },
  ])("sends $what", async ({ body, method, gives, contentType }) => {
    const event = httpApiEvent({ body });
    const request = await new Promise<HttpRequest>((resolve) => {
      void wrap(httpApi(), async (item) => resolve(item as unknown as HttpRequest))(event, lambdaContext());
    });

    expect([request.method, request.text(), request.headers.get("content-type")]).toEqual([method, gives, contentType]);
  });

  it("lowers the names of headers, and joins several values of one name, as API Gateway does", () => {
    expect(httpApiEvent({ headers: { "X-Tag": ["a", "b"], Accept: "*/*" } }).headers).toMatchObject({ "x-tag": "a,b", accept: "*/*" });
  });

  it("sends bytes as they are", async () => {
    const event = httpApiEvent({ body: new Uint8Array([0, 128, 255]) });
    const request = await new Promise<HttpRequest>((resolve) => {
      void wrap(httpApi(), async (item) => resolve(item as unknown as HttpRequest))(event, lambdaContext());
    });

    expect([...request.bytes()]).toEqual([0, 128, 255]);
  });

  it("puts a stage in front of the path, as API Gateway does", async () => {
    expect(httpApiEvent({ path: "/orders", stage: "prod" })).toMatchObject({ rawPath: "/prod/orders", requestContext: { stage: "prod" } });
  });
});
