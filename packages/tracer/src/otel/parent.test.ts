import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { httpApiEvent, lambdaContext, sqsEvent } from "@lamella/testing";
import { propagation, trace } from "@opentelemetry/api";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { AlwaysOnSampler, ParentBasedSampler, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { kindOf, linksOf, named, sdk } from "../../test/otel/sdk.ts";
import type { XRayParent } from "./index.ts";
import { otel } from "./otel.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const X_RAY = "Root=1-697dee80-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1|b:2";
const UNSAMPLED = X_RAY.replace("Sampled=1", "Sampled=0");
const SEGMENT = "697dee800123456789abcdef01234567/53995c3f42cd8ad8";
const nothing = () => {};

const parentOf = ({ parentSpanContext: parent }: ReadableSpan): string | undefined => parent && `${parent.traceId}/${parent.spanId}`;

/** The parent of the invocation's span. */
async function parentIn(context: Parameters<typeof lambdaContext>[0], xRay?: XRayParent): Promise<string | undefined> {
  // One that looks at no parent, or those of what X-Ray leaves out could not be seen.
  const exporter = sdk({ sampler: new AlwaysOnSampler() });
  await wrap(direct(), otel({ xRay }), nothing)({}, lambdaContext(context));
  return parentOf(exporter.getFinishedSpans()[0] as ReadableSpan);
}

describe("the invocation's span", () => {
  it.for([
    { xRay: undefined, header: X_RAY, parent: SEGMENT },
    { xRay: undefined, header: UNSAMPLED, parent: undefined },
    { xRay: "sampled" as const, header: X_RAY, parent: SEGMENT },
    { xRay: "sampled" as const, header: UNSAMPLED, parent: undefined },
    { xRay: "always" as const, header: X_RAY, parent: SEGMENT },
    { xRay: "always" as const, header: UNSAMPLED, parent: SEGMENT },
    { xRay: "never" as const, header: X_RAY, parent: undefined },
    { xRay: "always" as const, header: "Root=1-697dee80-0123456789abcdef01234567;Sampled=1", parent: undefined },
    { xRay: "always" as const, header: "Root=1-0-0;Parent=53995c3f42cd8ad8;Sampled=1", parent: undefined },
    { xRay: "always" as const, header: ";;=;Root", parent: undefined },
    { xRay: "always" as const, header: " root=1-697DEE80-0123456789ABCDEF01234567 ; parent=53995C3F42CD8AD8 ", parent: SEGMENT },
    { xRay: "always" as const, header: "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=1", parent: undefined },
  ])("is below $parent where xRay is $xRay and Lambda says $header", async ({ xRay, header, parent }) => {
    expect(await parentIn({ xRayTraceId: header }, xRay)).toBe(parent);
  });

  it("takes Lambda's header from the environment where the context has none", async () => {
    vi.stubEnv("_X_AMZN_TRACE_ID", X_RAY);
    expect(await parentIn({})).toBe(SEGMENT);
  });

  it("prefers the context's header to that of the environment", async () => {
    vi.stubEnv("_X_AMZN_TRACE_ID", X_RAY.replace("53995c3f42cd8ad8", "1111111111111111"));
    expect(await parentIn({ xRayTraceId: X_RAY })).toBe(SEGMENT);
  });

  it("does not look at the environment on Managed Instances, where invocations share it", async () => {
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "10");
    vi.stubEnv("_X_AMZN_TRACE_ID", X_RAY);
    expect(await parentIn({})).toBeUndefined();
  });

  it("is below the client's span that a request names, before Lambda's", async () => {
    const exporter = sdk();
    const event = httpApiEvent({ headers: { Traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: "vendor=1", baggage: "tenant=acme" } });
    let baggage: string | undefined;

    await wrap(httpApi(), otel(), () => {
      baggage = propagation.getActiveBaggage()?.getEntry("tenant")?.value;
    })(event, lambdaContext({ xRayTraceId: X_RAY }));

    const span = exporter.getFinishedSpans()[0] as ReadableSpan;
    expect([parentOf(span), kindOf(span), span.spanContext().traceState?.get("vendor"), baggage]).toEqual([
      `${TRACE}/${SPAN}`,
      "SERVER",
      "1",
      "acme",
    ]);
  });

  it.for(["00-zz-zz-01", "", "00-00000000000000000000000000000000-0000000000000000-01", `00-${TRACE}`])(
    "starts a trace where a request's traceparent is %j",
    async (traceparent) => {
      const exporter = sdk();
      await wrap(httpApi(), otel(), nothing)(httpApiEvent({ headers: { traceparent } }), lambdaContext());
      expect(parentOf(exporter.getFinishedSpans()[0] as ReadableSpan)).toBeUndefined();
    },
  );

  it.for([
    { header: X_RAY, recorded: 1 },
    { header: UNSAMPLED, recorded: 0 },
  ])("does as X-Ray's propagator says, where that is set: $recorded for $header", async ({ header, recorded }) => {
    const exporter = sdk({ sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }) });
    propagation.disable();
    propagation.setGlobalPropagator(new AWSXRayPropagator());

    await wrap(direct(), otel(), nothing)({}, lambdaContext({ xRayTraceId: header }));

    expect(exporter.getFinishedSpans().map(parentOf)).toEqual(recorded === 1 ? [SEGMENT] : []);
  });

  it("is below what a direct invocation hands on in its client context", async () => {
    const exporter = sdk();
    const clientContext = { Custom: { traceparent: `00-${TRACE}-${SPAN}-01` } };

    await wrap(direct(), otel(), nothing)({}, { ...lambdaContext(), clientContext: clientContext as never });

    expect(exporter.getFinishedSpans().map(parentOf)).toEqual([`${TRACE}/${SPAN}`]);
  });

  it.for([
    {
      event: "a request",
      handler: wrap(httpApi(), otel(), nothing),
      of: httpApiEvent({ headers: { traceparent: `00-${TRACE}-${SPAN}-01` } }),
      kind: "INTERNAL",
    },
    { event: "a batch", handler: wrap(sqs(), otel(), nothing), of: sqsEvent([{ body: "a" }]), kind: "CONSUMER" },
  ])("of $event is below the span of an instrumentation around the handler", async ({ handler, of, kind }) => {
    const exporter = sdk();

    await trace.getTracer("instrumentation").startActiveSpan("function", async (span) => {
      await (handler as (event: unknown, context: unknown) => Promise<unknown>)(of, lambdaContext({ xRayTraceId: X_RAY }));
      span.end();
    });

    const spans = exporter.getFinishedSpans();
    const outer = named(spans, "function").spanContext();
    const own = spans.find(({ attributes }) => "faas.invocation_id" in attributes) as ReadableSpan;
    expect([parentOf(own), kindOf(own)]).toEqual([`${outer.traceId}/${outer.spanId}`, kind]);
  });

  it("is not below its producer's, to whom a message is linked", async () => {
    const exporter = sdk();
    await wrap(
      sqs(),
      otel(),
      nothing,
    )(sqsEvent([{ body: "a", messageAttributes: { traceparent: `00-${TRACE}-${SPAN}-01` } }]), lambdaContext());
    const spans = exporter.getFinishedSpans();
    expect(spans.map((span) => [parentOf(span)?.startsWith(TRACE), linksOf(span)])).toEqual([
      [false, [`${TRACE}/${SPAN}`]],
      [undefined, [`${TRACE}/${SPAN}`]],
    ]);
  });
});

it("hands X-Ray's trace on where its propagator is set", async () => {
  sdk();
  propagation.disable();
  propagation.setGlobalPropagator(new AWSXRayPropagator());
  onTestFinished(() => propagation.disable());
  let headers: unknown;

  await wrap(direct(), otel(), (_event, ctx) => {
    headers = ctx.trace.headers();
  })({}, lambdaContext({ xRayTraceId: X_RAY }));

  expect(headers).toEqual({
    "x-amzn-trace-id": expect.stringMatching(/^Root=1-697dee80-0123456789abcdef01234567;Parent=[\da-f]{16};Sampled=1$/),
  });
});
