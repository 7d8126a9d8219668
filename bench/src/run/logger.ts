import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { Order, sqsEvent } from "./fixtures.ts";
import { type Case, emptyTurns, type Group } from "./group.ts";
import { reserve, sqsCase } from "./sqs-case.ts";

type Wrapped = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const event = sqsEvent(10);

/** One way to log, in a function that writes no line and in one that writes a line for each message. */
function loggerCase(name: string, toLambda: (writes: boolean) => Promise<Wrapped>): Case {
  return {
    name,
    open: async () => {
      // Lines are made as on Lambda, and go nowhere, because a pipe that is full would be what is measured.
      process.stdout.write = () => true;
      const quiet = await sqsCase(name, { quiet: event }, () => toLambda(false)).open();
      const lines = await sqsCase(name, { lines: event }, () => toLambda(true)).open();
      return { ...quiet, ...lines };
    },
  };
}

export const group: Group = {
  name: "logger",
  title: "10 SQS messages with a Zod schema and a logger",
  baseline: "no logger",
  compares: "times",
  warmUpMs: 150,
  workloads: [
    { name: "quiet", title: "no line", empty: emptyTurns },
    { name: "lines", title: "a line for each message", empty: emptyTurns },
  ],
  cases: [
    loggerCase("no logger", async () => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      return wrap(sqs({ body: Order }), ({ body }) => reserve(body));
    }),
    loggerCase("lamella", async (writes) => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      const { logger } = await import("@lamella/logger");
      return wrap(sqs({ body: Order }), logger({ service: "orders" }), ({ body }, { log }) => {
        if (writes) log.info("reserving stock", { sku: body.sku });
        return reserve(body);
      });
    }),
    loggerCase("lamella, instance", async (writes) => {
      const { wrap } = await import("@lamella/core");
      const { sqs } = await import("@lamella/events/sqs");
      const { logger } = await import("@lamella/logger");
      const { Logger } = await import("@aws-lambda-powertools/logger");
      const instance = new Logger({ serviceName: "orders" });
      return wrap(sqs({ body: Order }), logger({ instance }), ({ body }) => {
        if (writes) instance.info("reserving stock", { sku: body.sku });
        return reserve(body);
      });
    }),
    loggerCase("middy + powertools", async (writes) => {
      const { default: middy } = await import("@middy/core");
      const { Logger } = await import("@aws-lambda-powertools/logger");
      const { injectLambdaContext } = await import("@aws-lambda-powertools/logger/middleware");
      const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
      const logger = new Logger({ serviceName: "orders" });
      const processor = new BatchProcessor(EventType.SQS);
      const onRecord = (record: SQSRecord) => {
        const body = Order.parse(JSON.parse(record.body));
        // Its id by hand: items share the logger.
        if (writes) logger.info("reserving stock", { sku: body.sku, delivery_id: record.messageId, correlation_id: record.messageId });
        return reserve(body);
      };
      const lambda = middy<SQSEvent, SQSBatchResponse>((batch: SQSEvent, context: Context) =>
        processPartialResponse(batch, onRecord, processor, { context }),
      );
      return lambda.use(injectLambdaContext(logger));
    }),
  ],
};
