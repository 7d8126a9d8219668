import type { Tracer } from "@aws-lambda-powertools/tracer";
import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { namesOf, treesOf } from "../test/daemon.ts";
import { PARENT, TRACE, tracedContext, useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

let Powertools: typeof Tracer;
beforeAll(async () => {
  // After the daemon's address is known, which the SDK reads when it is loaded.
  ({ Tracer: Powertools } = await import("@aws-lambda-powertools/tracer"));
});

describe("tracer({ instance })", () => {
  it("writes by the tracer of the team, below whose subsegments is what other code writes with it", async () => {
    const instance = new Powertools({ serviceName: "team", captureHTTPsRequests: false });
    const reserve = async (sku: string): Promise<void> => {
      const own = instance.getSegment()?.addNewSubsegment("### reserve");
      instance.putAnnotation("sku", sku);
      await Promise.resolve();
      own?.close();
    };
    const handler = wrap(sqs({ concurrency: 10 }), tracer({ instance }), async ({ body }, { trace }) => {
      await Promise.resolve();
      await trace.span(body, () => reserve(body));
    });

    await handler(sqsEvent([{ body: "pen" }, { body: "ink" }]), tracedContext());

    const [invocation] = treesOf(await xray().received(7), PARENT);
    expect(invocation?.annotations).toMatchObject({ Service: "team" });
    expect(namesOf(invocation?.children ?? [])).toEqual([
      ["sqs", [["pen", ["### reserve"]]]],
      ["sqs", [["ink", ["### reserve"]]]],
    ]);
    expect(invocation?.children.map(({ children }) => children[0]?.annotations)).toEqual([{ sku: "pen" }, { sku: "ink" }]);
  });

  it("writes by the methods of a subclass", async () => {
    class Quiet extends Powertools {
      override addErrorAsMetadata(): void {
        this.putMetadata("failed", true);
      }
    }
    const handler = wrap(direct(), tracer({ instance: new Quiet({ serviceName: "team" }) }), () => {
      throw new Error("secret");
    });

    await handler({}, tracedContext()).catch(() => {});

    const documents = await xray().received(2);
    expect(documents[0]).toMatchObject({ fault: true, metadata: { team: { failed: true } } });
    expect(JSON.stringify(documents)).not.toContain("secret");
  });

  it("writes nothing, and says nothing, where the tracer is switched off", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const handler = wrap(direct(), tracer({ instance: new Powertools({ enabled: false }) }), (_event, { trace }) => trace.id);

    expect(await handler({}, tracedContext())).toBe(TRACE);
    expect(await xray().received(0)).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });

  it("leaves the tracer as it was between invocations", async () => {
    const instance = new Powertools({ serviceName: "team", captureHTTPsRequests: false });
    const before = instance.getSegment();

    await wrap(direct(), tracer({ instance }), () => {})({}, tracedContext());

    expect(instance.getSegment()).toBe(before);
  });

  it("may not stand beside options of its own", () => {
    const instance = new Powertools();

    expect(() => tracer({ instance, service: "orders" } as never)).toThrow(
      "tracer({ instance, service }) must not have both: set service where the instance is made",
    );
    expect(() => tracer({ instance, captureResponse: true })).not.toThrow();
  });

  it("is not asked where the trace is not sampled", async () => {
    const instance = new Powertools();
    const setSegment = vi.spyOn(instance, "setSegment");

    await wrap(direct(), tracer({ instance }), () => {})({}, lambdaContext({ xRayTraceId: `Root=${TRACE};Parent=${PARENT};Sampled=0` }));

    expect(setSegment).not.toHaveBeenCalled();
  });
});
