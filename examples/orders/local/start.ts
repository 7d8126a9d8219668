import { join } from "node:path";
import type { Lambda } from "@lamella/core";
import { httpApiEvent, lambdaContext } from "@lamella/testing";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { bundled } from "../../bundled.ts";
import { say, showLogs } from "../../show.ts";
import { call } from "../src/aws.ts";
import { startEmbedded } from "./embedded.ts";
import { deliver, drain } from "./event-source-mapping.ts";

interface Functions {
  readonly api: Lambda<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
  readonly worker: Lambda<SQSEvent, SQSBatchResponse>;
}

/** Runs the example on real events, and tells what happens; false when it did not come out as it must. */
export async function start(): Promise<boolean> {
  say.title("orders: an HTTP API takes orders, an SQS worker reserves stock");
  const embedded = await startEmbedded({ pen: 10, ink: 5 });
  const { api, worker } = await bundled<Functions>(join(import.meta.dirname, ".."), "api", "worker");
  const restore = showLogs();
  try {
    say.step("Requests to the HTTP API");
    const requests = [
      { id: "order-1", sku: "pen", quantity: 2 },
      { id: "order-2", sku: "ink", quantity: 1 },
      { id: "order-3", sku: "pen", quantity: 3 },
      { id: "order-4", sku: "ink", quantity: 50 },
      { id: "order-5", sku: "pen", quantity: -1 },
      "no JSON",
    ];
    const statuses: unknown[] = [];
    for (const [index, body] of requests.entries()) {
      const event = httpApiEvent({
        method: "POST",
        path: "/orders",
        body,
        headers: { "content-type": "application/json" },
        requestId: `request-${index + 1}`,
      });
      const { statusCode, body: answer } = await api(event, lambdaContext({ functionName: "orders-api" }));
      statuses.push(statusCode);
      say.exchange(`POST /orders ${JSON.stringify(body)}`, `${statusCode} ${answer}`);
    }

    say.step("Something else puts a message into the queue that is no order");
    await call("sqs", "SendMessage", { QueueUrl: embedded.queueUrl, MessageBody: "{ this is no JSON" }, new AbortController().signal);

    say.step("The queue delivers to the worker; what is reported comes again, three times in all");
    for await (const { event, reply, error } of deliver(embedded.queueUrl, worker)) {
      const [{ attributes } = { attributes: undefined }] = event.Records;
      say.exchange(
        `${event.Records.length} messages, delivery ${attributes?.ApproximateReceiveCount}`,
        reply === undefined ? `rejected: ${String(error)}` : JSON.stringify(reply),
      );
    }

    const deadLetters = await drain(embedded.deadLetterQueueUrl);
    say.step("What came to the dead-letter queue");
    for (const body of deadLetters) say.detail(body);

    const isRight = statuses.join() === "202,202,202,202,400,400" && deadLetters.length === 2;
    say.step(
      isRight
        ? "4 orders taken and 2 refused with a 400; 3 reserved, none lost, none stuck; 2 messages that could not be handled are in the dead-letter queue."
        : `This did not come out as it must: statuses ${statuses.join()}, ${deadLetters.length} dead letters.`,
    );
    return isRight;
  } finally {
    restore();
    await embedded.stop();
  }
}
