import { layer, type Schema, wrap } from "@lamella/core";
import { asyncDestinationEvent, lambdaContext, testing } from "@lamella/testing";
import { asyncDestinationExpiredFixture, asyncDestinationFailureFixture, asyncDestinationSuccessFixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AsyncDestinationOptions, asyncDestination, type InvocationRecord } from "./async-destination.ts";

const Order = z.object({ id: z.string() });

async function open<Request = unknown, Response = unknown>(event: object, options?: AsyncDestinationOptions<Request, Response>) {
  const items: InvocationRecord<Request, Response>[] = [];
  const { error, outcomes } = await testing(wrap(asyncDestination(options), async (item) => void items.push(item))).send(event as never);
  return { item: items[0], error, outcomes };
}

describe("asyncDestination", () => {
  it("opens the record of a success", async () => {
    const { item, outcomes } = await open(asyncDestinationSuccessFixture);

    expect(item).toMatchObject({
      condition: "Success",
      requestId: "c2a0bb0f-7c1a-4d4e-a6cf-0f5a5c2b1d33",
      functionArn: "arn:aws:lambda:us-east-1:123456789012:function:place-order:live",
      invokeCount: 1,
      at: new Date("2026-01-31T12:00:00.568Z"),
      request: { id: "order-1", sku: "pen", quantity: 2 },
      response: { receipt: "r-1" },
      error: undefined,
      raw: asyncDestinationSuccessFixture,
    });
    expect(outcomes).toMatchObject([{ delivery: { id: "c2a0bb0f-7c1a-4d4e-a6cf-0f5a5c2b1d33" } }]);
  });

  it("opens the record of a failure, with what the function failed with", async () => {
    expect((await open(asyncDestinationFailureFixture)).item).toMatchObject({
      condition: "RetriesExhausted",
      invokeCount: 3,
      response: undefined,
      error: { message: "no pens are left", type: "NoStock", trace: ["NoStock: no pens are left", "    at reserve (index.mjs:3:9)"] },
    });
  });

  it("opens the record of an event that never ran", async () => {
    expect((await open(asyncDestinationExpiredFixture)).item).toMatchObject({
      condition: "EventAgeExceeded",
      invokeCount: 0,
      response: undefined,
      error: undefined,
    });
  });

  it.for([
    {
      what: "without a type",
      responsePayload: { errorMessage: "Process exited" },
      gives: { message: "Process exited", type: undefined, trace: [] },
    },
    { what: "that is text", responsePayload: "boom", gives: { message: undefined, type: undefined, trace: [] } },
    {
      what: "with another runtime's trace",
      responsePayload: { stackTrace: ["a", 5] },
      gives: { message: undefined, type: undefined, trace: ["a"] },
    },
  ])("survives an error $what", async ({ responsePayload, gives }) => {
    expect((await open({ ...asyncDestinationFailureFixture, responsePayload })).item?.error).toEqual(gives);
  });

  it("checks the request always, and the response of a success alone", async () => {
    const options = { request: Order, response: z.object({ receipt: z.string() }) };

    expect((await open(asyncDestinationSuccessFixture, options)).item).toMatchObject({
      request: { id: "order-1" },
      response: { receipt: "r-1" },
    });
    expect((await open(asyncDestinationFailureFixture, options)).item?.request).toEqual({ id: "order-1" });
    expect((await open(asyncDestinationEvent({ request: { id: "1" }, response: { receipt: 5 } }), options)).error).toMatchObject({
      code: "LAMELLA_PAYLOAD",
      part: "response",
    });
  });

  it.for<{ kind: string; request: Schema<unknown> }>([
    { kind: "synchronous", request: z.object({ id: z.number() }) },
    { kind: "asynchronous", request: z.object({ id: z.string().refine(async () => false) }) },
  ])("rejects a request that does not fit a $kind schema", async ({ request }) => {
    expect((await open(asyncDestinationSuccessFixture, { request })).error).toMatchObject({
      code: "LAMELLA_PAYLOAD",
      part: "request",
      issues: [expect.objectContaining({ path: ["id"] })],
    });
  });

  it("decodes for a layer that reads early, and says so where that takes time", async () => {
    const later = z.object({ id: z.string().refine(async () => true) });
    const reading = layer("reading", async ({ request }: { readonly request: { readonly id: string } }, _ctx, next) =>
      next({ read: request.id }),
    );
    const handle = async (_item: unknown, { read }: { readonly read: string }) => expect(read).toBe("order-1");

    await wrap(asyncDestination({ request: Order }), reading, handle)(asyncDestinationSuccessFixture, lambdaContext());
    await expect(
      wrap(asyncDestination({ request: later }), reading, handle)(asyncDestinationSuccessFixture, lambdaContext()),
    ).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD_NOT_READY" });
  });

  it.for([
    {
      what: "a stream's on-failure record",
      event: { requestContext: { condition: "RetryAttemptsExhausted", functionArn: "a" }, KinesisBatchInfo: {} },
    },
    { what: "a request of an HTTP API", event: { requestContext: { http: {} } } },
    { what: "null", event: null },
  ])("refuses $what", async ({ event }) => {
    expect((await open(event as never)).error).toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it.for([
    { input: {}, gives: { condition: "Success", invokeCount: 1, request: {}, response: null } },
    {
      input: { error: { message: "no" } },
      gives: { condition: "RetriesExhausted", invokeCount: 3, error: { message: "no", type: "Error", trace: [] } },
    },
    {
      input: { condition: "EventAgeExceeded" as const, request: { a: 1 } },
      gives: { condition: "EventAgeExceeded", request: { a: 1 }, error: undefined },
    },
  ])("opens what asyncDestinationEvent makes of $input", async ({ input, gives }) => {
    expect((await open(asyncDestinationEvent(input))).item).toMatchObject(gives);
  });

  it("throws at load for options that are wrong", () => {
    expect(() => asyncDestination({ request: 5 as never })).toThrow("asyncDestination({ request }) must be a Standard Schema");
    expect(() => asyncDestination({ response: 5 as never })).toThrow("asyncDestination({ response })");
  });
});
