import { context as otelContext, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AlwaysOffSampler, AlwaysOnSampler, type Sampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { Order, sqsEvent } from "./fixtures.ts";
import { type Case, emptyTurns, type Group } from "./group.ts";
import { reserve, sqsCase } from "./sqs-case.ts";

type Wrapped = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const events = { "1": sqsEvent(1), "10": sqsEvent(10) };

/** Registers an SDK whose spans go nowhere, because an exporter would be what is measured. */
function register(sampler: Sampler): void {
  const nowhere = { onStart: () => {}, onEnd: () => {}, forceFlush: async () => {}, shutdown: async () => {} };
  otelContext.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ sampler, spanProcessors: [nowhere] }));
}

function otelCase(name: string, sampler: Sampler | undefined): Case {
  return sqsCase(name, events, async () => {
    const { wrap } = await import("@lamella/core");
    const { sqs } = await import("@lamella/events/sqs");
    const { otel } = await import("@lamella/tracer/otel");
    if (sampler !== undefined) register(sampler);
    return wrap(sqs({ body: Order }), otel(), ({ body }) => reserve(body));
  });
}

export const group: Group = {
  name: "otel",
  title: "SQS messages with a Zod schema and OpenTelemetry, whose spans go nowhere",
  baseline: "no spans",
  compares: "times",
  warmUpMs: 150,
  workloads: [
    { name: "1", title: "a batch of 1", empty: emptyTurns },
    { name: "10", title: "a batch of 10", empty: emptyTurns },
  ],
  cases: [
    sqsCase("no spans", events, async () => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      return wrap(sqs({ body: Order }), ({ body }) => reserve(body));
    }),
    otelCase("otel, no SDK", undefined),
    otelCase("otel, not sampled", new AlwaysOffSampler()),
    otelCase("otel, sampled", new AlwaysOnSampler()),
    sqsCase("spans by hand", events, async () => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      register(new AlwaysOnSampler());
      const tracer = trace.getTracer("bench");
      // As many spans, with a fraction of the attributes, and neither parent nor links looked for.
      const inner: Wrapped = wrap(sqs({ body: Order }), ({ id, queueName, body }) =>
        tracer.startActiveSpan(
          `process ${queueName}`,
          { kind: SpanKind.CONSUMER, attributes: { "messaging.system": "aws_sqs", "messaging.message.id": id } },
          (span) => reserve(body).finally(() => span.end()),
        ),
      );
      return (event, context) =>
        tracer.startActiveSpan("process", { kind: SpanKind.CONSUMER, attributes: { "faas.invocation_id": context.awsRequestId } }, (span) =>
          inner(event, context).finally(() => span.end()),
        );
    }),
  ],
};
