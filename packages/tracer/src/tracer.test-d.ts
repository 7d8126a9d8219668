import type { Tracer } from "@aws-lambda-powertools/tracer";
import { type Layer, wrap } from "@lamella/core";
import type { SQSBatchResponse, SQSEvent } from "@lamella/events/sqs";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { describe, expectTypeOf, it } from "vitest";
import { captured, type Trace, tracer } from "./index.ts";

declare const instance: Tracer;

describe("tracer", () => {
  it("adds ctx.trace to items of every kind", () => {
    const queue = wrap(sqs(), tracer(), (_message, { trace }) => expectTypeOf(trace).toEqualTypeOf<Trace>());
    expectTypeOf(queue).toExtend<(event: SQSEvent, context: never) => Promise<SQSBatchResponse>>();
    wrap(httpApi(), tracer({ service: "orders" }), (_request, { trace }) => trace.id);
  });

  it("gives what the work of a span gives", () => {
    wrap(sqs(), tracer(), async ({ body }, { trace }) => {
      expectTypeOf(trace.span("now", () => body)).toEqualTypeOf<string>();
      expectTypeOf(trace.span("later", async () => body)).toEqualTypeOf<Promise<string>>();
      expectTypeOf(trace.headers()).toEqualTypeOf<Readonly<Record<string, string>>>();
      expectTypeOf(trace.id).toEqualTypeOf<string | undefined>();
    });
  });

  it("refuses annotations that nothing can be found by", () => {
    wrap(sqs(), tracer(), (_message, { trace }) => {
      trace.annotate("count", 3);
      // @ts-expect-error a list is no text, number or boolean
      trace.annotate("skus", ["pen"]);
    });
  });

  it("stands before the layers that need it", () => {
    const audit: Layer<unknown, { readonly trace: Trace }, {}> = { name: "audit", hooks: {} };
    wrap(sqs(), tracer(), audit, () => {});
    // @ts-expect-error audit needs ctx.trace, which tracer() adds only after it
    wrap(sqs(), audit, tracer(), () => {});
  });

  it("is added once", () => {
    // @ts-expect-error ctx.trace is already there: the first tracer() adds it
    wrap(sqs(), tracer(), tracer(), () => {});
  });

  it("takes Powertools' options, or a tracer that has its own", () => {
    tracer({ serviceName: "orders", captureHTTPsRequests: false, enabled: true, captureResponse: true });
    tracer({ instance, captureResponse: true });
    // @ts-expect-error the instance has a service of its own
    tracer({ instance, service: "orders" });
    // @ts-expect-error no such option
    tracer({ servcie: "orders" });
    // @ts-expect-error true or false
    tracer({ enabled: "true" });
  });
});

describe("captured", () => {
  it("gives the client back as what it is", () => {
    class Client {
      readonly middlewareStack: object = {};
      readonly config: object = {};
      send(): void {}
    }
    expectTypeOf(captured(new Client())).toEqualTypeOf<Client>();
    // @ts-expect-error no client of the AWS SDK, version 3
    captured({ send: () => {} });
  });
});
