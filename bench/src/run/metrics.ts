import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { Order, sqsEvent } from "./fixtures.ts";
import { type Case, emptyTurns, type Group } from "./group.ts";
import { reserve, sqsCase } from "./sqs-case.ts";

type Wrapped = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const event = sqsEvent(10);

/** One way to count, in a function that adds no value of its own and in one that adds one for each message. */
function metricsCase(name: string, toLambda: (adds: boolean) => Promise<Wrapped>): Case {
  return {
    name,
    open: async () => {
      // Lines are made as on Lambda, and go nowhere, because a pipe that is full would be what is measured.
      process.stdout.write = () => true;
      const none = await sqsCase(name, { none: event }, () => toLambda(false)).open();
      const values = await sqsCase(name, { values: event }, () => toLambda(true)).open();
      return { ...none, ...values };
    },
  };
}

const options = { namespace: "shop", serviceName: "orders" };

export const group: Group = {
  name: "metrics",
  title: "10 SQS messages with a Zod schema and metrics",
  baseline: "no metrics",
  compares: "times",
  warmUpMs: 150,
  workloads: [
    { name: "none", title: "no value of the function's own", empty: emptyTurns },
    { name: "values", title: "a value for each message", empty: emptyTurns },
  ],
  cases: [
    metricsCase("no metrics", async () => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      return wrap(sqs({ body: Order }), ({ body }) => reserve(body));
    }),
    metricsCase("lamella, without counts", async (adds) => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      const { metrics } = await import("@lamella/metrics");
      return wrap(sqs({ body: Order }), metrics({ ...options, items: false }), ({ body }, { metric }) => {
        if (adds) metric.addMetric("ReservedItems", "Count", body.quantity);
        return reserve(body);
      });
    }),
    metricsCase("lamella", async (adds) => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      const { metrics } = await import("@lamella/metrics");
      return wrap(sqs({ body: Order }), metrics(options), ({ body }, { metric }) => {
        if (adds) metric.addMetric("ReservedItems", "Count", body.quantity);
        return reserve(body);
      });
    }),
    metricsCase("lamella, instance", async (adds) => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      const { metrics } = await import("@lamella/metrics");
      const { Metrics } = await import("@aws-lambda-powertools/metrics");
      const instance = new Metrics(options);
      return wrap(sqs({ body: Order }), metrics({ instance }), ({ body }) => {
        if (adds) instance.addMetric("ReservedItems", "Count", body.quantity);
        return reserve(body);
      });
    }),
    metricsCase("middy + powertools", async (adds) => {
      const { default: middy } = await import("@middy/core");
      const { Metrics } = await import("@aws-lambda-powertools/metrics");
      const { logMetrics } = await import("@aws-lambda-powertools/metrics/middleware");
      const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
      // Without a logger it would warn of each invocation that adds nothing.
      const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
      const metrics = new Metrics({ ...options, logger });
      const processor = new BatchProcessor(EventType.SQS);
      const onRecord = (record: SQSRecord) => {
        const body = Order.parse(JSON.parse(record.body));
        if (adds) metrics.addMetric("ReservedItems", "Count", body.quantity);
        return reserve(body);
      };
      const lambda = middy<SQSEvent, SQSBatchResponse>((batch: SQSEvent, context: Context) =>
        processPartialResponse(batch, onRecord, processor, { context }),
      );
      return lambda.use(logMetrics(metrics, { captureColdStartMetric: true })) as unknown as Wrapped;
    }),
  ],
};
