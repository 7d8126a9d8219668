import { direct, wrap } from "@lamella/core";
import { kafka } from "@lamella/events/kafka";
import { sns } from "@lamella/events/sns";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { httpApiEvent, kafkaEvent, snsEvent, sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { captureLines, context } from "../test/lines.ts";
import { correlationOf, handedOn } from "./correlation.ts";
import { logger } from "./logger.ts";

describe("a correlation id", () => {
  it("is handed on in the shapes of each service", async () => {
    const handed = await wrap(direct(), logger({ correlationId: () => "abc" }), async (_event, { log }) => correlationOf(log))(
      {},
      context(),
    );

    expect(handed).toEqual({
      id: "abc",
      headers: { "x-correlation-id": "abc" },
      messageAttributes: { correlation_id: { DataType: "String", StringValue: "abc" } },
    });
  });

  const attributes = { correlation_id: "abc" };
  const handedOnLogger = logger({ correlationId: handedOn });
  const note = async (_item: unknown, { log: own }: { readonly log: { info: (text: string) => void } }) => own.info("x");
  it.for([
    {
      of: "an SQS message",
      send: () => wrap(sqs(), handedOnLogger, note)(sqsEvent([{ body: "", messageAttributes: attributes }]), context()),
    },
    {
      of: "an SNS message",
      send: () => wrap(sns(), handedOnLogger, note)(snsEvent([{ message: "", messageAttributes: attributes }]), context()),
    },
    {
      of: "an HTTP request",
      send: () =>
        wrap(
          httpApi(),
          handedOnLogger,
          async (_request, { log: own }) => (own.info("x"), { ok: true }),
        )(httpApiEvent({ path: "/", headers: { "X-Correlation-Id": "abc" } }), context()),
    },
    {
      of: "a Kafka record",
      send: () => wrap(kafka(), handedOnLogger, note)(kafkaEvent([{ value: "", headers: { "x-correlation-id": "abc" } }]), context()),
    },
  ])("is found in $of", async ({ send }) => {
    const { lines } = captureLines();

    await send();

    expect(lines).toEqual([expect.objectContaining({ message: "x", correlation_id: "abc" })]);
  });

  it.for([
    { what: "nothing", item: {} },
    { what: "no item", item: undefined },
    { what: "an empty one", item: { headers: { "x-correlation-id": "" } } },
    { what: "one of 257 characters", item: { headers: { "x-correlation-id": "x".repeat(257) } } },
    { what: "one with a line break", item: { headers: { "x-correlation-id": "a\nb" } } },
    { what: "one that is no text", item: { messageAttributes: { correlation_id: { value: 7 } } } },
  ])("is none where $what is found", ({ item }) => {
    expect(handedOn(item)).toBeUndefined();
  });

  it.for([
    { set: 7, gives: "7" },
    { set: "", gives: "unknown" },
    { set: { id: 1 }, gives: "unknown" },
  ])("that was set to $set is handed on as $gives", async ({ set, gives }) => {
    const handed = await wrap(
      direct(),
      logger(),
      async (_event, { log }) => (log.setCorrelationId(set), correlationOf(log).id),
    )({}, context());

    expect(handed).toBe(gives);
  });

  it("of 256 characters is one", () => {
    expect(handedOn({ headers: { "x-correlation-id": "x".repeat(256) } })).toBe("x".repeat(256));
  });
});
