import { wrap } from "@lamella/core";
import { albEvent } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiEvent, context } from "../../test/api-event.ts";
import { alb } from "../alb.ts";
import { httpApi } from "../http-api.ts";
import { type RequestIdOptions, requestId } from "./request-id.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

async function idsOf(options: RequestIdOptions | undefined, headers: Record<string, string> = {}, header = "x-request-id") {
  const handler = wrap(httpApi(), requestId(options), async (_request, ctx) => ctx.requestId);
  const reply = await handler(apiEvent({ headers }), context());
  return { inContext: reply.body, inReply: reply.headers?.[header] };
}

describe("the id of a request", () => {
  it.for<{ what: string; sent: string; taken: boolean }>([
    { what: "a UUID", sent: "0b5a3c1e-0000-4000-8000-000000000001", taken: true },
    { what: "all that is safe", sent: "aZ09_.:=+/@-", taken: true },
    { what: "one character", sent: "a", taken: true },
    { what: "128 characters", sent: "a".repeat(128), taken: true },
    { what: "129 characters", sent: "a".repeat(129), taken: false },
    { what: "nothing", sent: "", taken: false },
    { what: "a space", sent: "a b", taken: false },
    { what: "a quote", sent: 'a"b', taken: false },
    { what: "markup", sent: "<script>", taken: false },
    { what: "a line break, encoded", sent: "a%0ab", taken: false },
    { what: "two of them", sent: "a, b", taken: false },
    { what: "letters that are not ASCII", sent: "é", taken: false },
  ])("is taken from the client: $taken for $what", async ({ sent, taken }) => {
    const id = taken ? sent : "request-1";

    expect(await idsOf(undefined, { "X-Request-Id": sent })).toEqual({ inContext: id, inReply: id });
  });

  it("is the service's own where the client sends none, or may not send one", async () => {
    expect(await idsOf(undefined)).toEqual({ inContext: "request-1", inReply: "request-1" });
    expect(await idsOf({ incoming: false }, { "x-request-id": "a" })).toEqual({ inContext: "request-1", inReply: "request-1" });
  });

  it("is made by the function that is given, for requests that bring none", async () => {
    const make = ({ method }: { readonly method: string }) => `${method}-1`;

    expect(await idsOf({ make })).toEqual({ inContext: "GET-1", inReply: "GET-1" });
    expect(await idsOf({ make }, { "x-request-id": "a" })).toEqual({ inContext: "a", inReply: "a" });
  });

  it("is a UUID where there is no other", async () => {
    const handler = wrap(alb(), requestId(), async (_request, ctx) => ctx.requestId);

    const { body } = await handler(albEvent({}), { ...context(), awsRequestId: "" });

    expect(body).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  });

  it("is in the header that is named", async () => {
    expect(await idsOf({ header: "x-correlation-id" }, { "x-correlation-id": "a" }, "x-correlation-id")).toEqual({
      inContext: "a",
      inReply: "a",
    });
  });

  it.for<{ what: string; handler: () => unknown }>([
    { what: "a handler that throws", handler: () => Promise.reject(new Error("x")) },
    { what: "a body that breaks", handler: () => new ReadableStream({ pull: (controller) => controller.error(new Error("x")) }) },
  ])("is on the reply of $what", async ({ handler }) => {
    const { statusCode, headers } = await wrap(httpApi(), requestId(), handler)(apiEvent(), context());

    expect(statusCode).toBe(500);
    expect(headers).toMatchObject({ "x-request-id": "request-1" });
  });

  it.for(["a\r\nx-evil: 1", "", "a b", "a".repeat(129), "ż"])("is a 500, and no crash, where the function makes %j", async (id) => {
    const reply = await wrap(httpApi(), requestId({ make: () => id }), () => "ok")(apiEvent(), context());

    expect(reply).toMatchObject({ statusCode: 500, headers: { "content-type": "application/problem+json" } });
    expect(JSON.stringify(reply)).not.toContain("evil");
  });

  it("is a UUID where the event, made by hand, has an id that no header can carry", async () => {
    const event = apiEvent();
    const broken = { ...event, requestContext: { ...event.requestContext, requestId: "a\r\nb" } };
    const { statusCode, body } = await wrap(httpApi(), requestId(), (_request, { requestId: id }) => id)(broken, context());

    expect(statusCode).toBe(200);
    expect(body).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
  });

  it.for([{ header: "" }, { header: "x id" }, { header: 5 }, { incoming: "yes" }, { make: "x" }])("cannot be made with %o", (options) => {
    expect(() => requestId(options as RequestIdOptions)).toThrow(TypeError);
  });
});
