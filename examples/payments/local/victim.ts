import { join } from "node:path";
import { lambdaContext } from "@lamella/testing";
import type { SQSEvent } from "aws-lambda";

// An execution environment of its own, which is killed in the middle of the event that it is sent.
const { handler } = await import(join(import.meta.dirname, "../dist/consumer.mjs"));
process.on("message", (event: SQSEvent) => {
  void handler(event, lambdaContext({ functionName: "payments-consumer", remainingMs: 2_000 }));
});
process.send?.("ready");
