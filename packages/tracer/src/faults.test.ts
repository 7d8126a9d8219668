import type { Tracer } from "@aws-lambda-powertools/tracer";
import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { tracedContext, useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

let instance: Tracer;
beforeAll(async () => {
  const { Tracer: Powertools } = await import("@aws-lambda-powertools/tracer");
  instance = new Powertools({ serviceName: "orders", captureHTTPsRequests: false });
});
beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const fail = (): never => {
  throw new Error("tracing is broken");
};

/** A handler that uses all of `ctx.trace`, and what it comes to. */
const run = () =>
  wrap(sqs({ whenAllFail: "report" }), tracer({ instance, captureResponse: true }), async ({ body }, { trace }) => {
    trace.annotate("key", "value");
    trace.headers();
    return trace.span("outer", async () => {
      if (body === "bad") throw new Error("no stock");
      return trace.span("inner", () => trace.id);
    });
  })(sqsEvent([{ body: "good" }, { body: "bad" }]), tracedContext());

describe("tracing that fails", () => {
  it.for([
    { what: "entering a context", breakIt: () => vi.spyOn(instance.provider.getNamespace(), "run").mockImplementation(fail) },
    { what: "setting a segment", breakIt: () => vi.spyOn(instance, "setSegment").mockImplementation(fail) },
    { what: "finding the segment", breakIt: () => vi.spyOn(instance.provider, "getSegment").mockImplementation(fail) },
    { what: "no segment", breakIt: () => vi.spyOn(instance.provider, "getSegment").mockReturnValue(undefined) },
    { what: "noting an error", breakIt: () => vi.spyOn(instance, "addErrorAsMetadata").mockImplementation(fail) },
    { what: "writing metadata", breakIt: () => vi.spyOn(instance, "putMetadata").mockImplementation(fail) },
    { what: "writing the response", breakIt: () => vi.spyOn(instance, "addResponseAsMetadata").mockImplementation(fail) },
    { what: "writing the service", breakIt: () => vi.spyOn(instance, "addServiceNameAnnotation").mockImplementation(fail) },
    { what: "asking whether it is on", breakIt: () => vi.spyOn(instance, "isTracingEnabled").mockImplementation(fail) },
  ])("does not fail the work: $what", async ({ breakIt }) => {
    breakIt();
    const event = sqsEvent([{ body: "good" }, { body: "bad" }]);

    expect(await run()).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[1]?.messageId }] });
  });

  it("does not fail the work where the subsegments themselves are broken", async () => {
    const facade = instance.getSegment() as NonNullable<ReturnType<typeof instance.getSegment>>;
    const prototype = Object.getPrototypeOf(facade.addNewSubsegment("x")) as Record<string, () => unknown>;
    for (const method of ["addNewSubsegment", "addAnnotation", "close", "flush", "isClosed", "addFaultFlag", "addError"]) {
      const spy = vi.spyOn(prototype, method).mockImplementation(fail);
      expect((await run()).batchItemFailures, method).toHaveLength(1);
      spy.mockRestore();
    }
  });

  it("keeps a subsegment without the metadata that cannot be sent", async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const handler = wrap(direct(), tracer({ instance }), (_event, { trace }) =>
      trace.span("work", () => instance.putMetadata("cyclic", cyclic)),
    );

    await handler({}, tracedContext());

    const documents = await xray().received(3);
    expect(documents.map(({ name, metadata }) => [name, metadata === undefined])).toEqual([
      ["work", true],
      ["direct", false],
      ["## index.handler", true],
    ]);
  });

  it("drops a subsegment that is too big for a packet, and keeps the others", async () => {
    const handler = wrap(direct(), tracer({ instance }), (_event, { trace }) =>
      trace.span("work", () => instance.putMetadata("big", "x".repeat(70_000))),
    );

    await handler({}, tracedContext());

    expect((await xray().received(2)).map(({ name }) => name)).toEqual(["direct", "## index.handler"]);
  });

  it("survives a context that is null, frozen or shared", async () => {
    const handler = wrap(direct(), tracer({ instance }), (_event, { trace }) => trace.span("work", () => "done"));
    const shared = Object.freeze(tracedContext());

    expect(await handler({}, null as never)).toBe("done");
    expect(await Promise.all([handler({}, shared), handler({}, shared)])).toEqual(["done", "done"]);
  });

  // Last, because the SDK never sends again after it.
  it("does not fail the work where there are no sockets left", async () => {
    vi.spyOn(process.getBuiltinModule("node:dgram"), "createSocket").mockImplementation(fail);

    expect((await run()).batchItemFailures).toHaveLength(1);
  });
});
