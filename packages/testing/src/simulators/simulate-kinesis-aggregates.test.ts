import { whole, wrap } from "@lamella/core";
import { kinesis } from "@lamella/events/kinesis";
import type { KinesisStreamEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { effects, simulateKinesis } from "./index.ts";
import "../matchers.ts";

const aggregate = (...texts: string[]) => ({ aggregate: texts.map((text) => ({ data: text, partitionKey: text[0] })) });
const textOf = (data: Uint8Array) => Buffer.from(data).toString();
const records = [
  { data: "a1", partitionKey: "a", sequenceNumber: "1" },
  { ...aggregate("a2", "b1", "a3"), sequenceNumber: "2" },
  { data: "b2", partitionKey: "b", sequenceNumber: "3" },
];

describe("simulateKinesis, with aggregated records", () => {
  it("accounts for each record in them", async () => {
    const seen: string[] = [];
    const run = await simulateKinesis(
      wrap(kinesis(), async ({ data }) => void seen.push(textOf(data))),
      { records },
    );

    expect(seen).toEqual(["a1", "a2", "b1", "a3", "b2"]);
    expect(run.messages.map(({ id, key, fate, timesHandled }) => [id, key, fate, timesHandled])).toEqual([
      ["1", "a", "deleted", 1],
      ["2:0", "a", "deleted", 1],
      ["2:1", "b", "deleted", 1],
      ["2:2", "a", "deleted", 1],
      ["3", "b", "deleted", 1],
    ]);
    expect(run).toHaveKeptOrder();
  });

  it.for([{ form: "one by one" }, { form: "whole" }])(
    "lets an aggregate come again as one, where one of it failed, $form",
    async ({ form }) => {
      let failures = 2;
      const handle = (data: Uint8Array) => {
        if (textOf(data) === "b1" && failures-- > 0) throw new Error("not yet");
      };
      const handler =
        form === "whole"
          ? wrap(whole(kinesis()), async ({ items, fail }) => {
              let error: unknown;
              for (const item of items) {
                try {
                  if (error === undefined) handle(item.data);
                } catch (cause) {
                  error = cause;
                }
                if (error !== undefined) fail(item, error);
              }
            })
          : wrap(kinesis(), async ({ data }) => handle(data));
      const run = await simulateKinesis(handler, { records });

      expect(run.messages.map(({ id, timesHandled, deliveries }) => [id, timesHandled, deliveries])).toEqual([
        ["1", 1, 1],
        ["2:0", 3, 3],
        ["2:1", 1, 3],
        ["2:2", 1, 3],
        ["3", 1, 3],
      ]);
      expect(run).toHaveLostNothing();
      expect(run).toHaveKeptOrder();
      expect(run).toHaveRepeatedOnlyWhatItMust();
    },
  );

  it("gives up an aggregate as one", async () => {
    const handler = wrap(kinesis(), async ({ data }) => {
      if (textOf(data) === "a3") throw new Error("poison");
    });
    const run = await simulateKinesis(handler, {
      records,
      maximumRetryAttempts: 1,
      bisectBatchOnFunctionError: true,
      onFailureDestination: true,
    });

    expect(run.deadLettered.map(({ id }) => id)).toEqual(["2:0", "2:1", "2:2"]);
    expect(run.onFailureRecords).toMatchObject([{ KinesisBatchInfo: { batchSize: 1, startSequenceNumber: "2" } }]);
  });

  it("accounts for an aggregate as one where the source does not take it apart", async () => {
    const run = await simulateKinesis(
      wrap(kinesis({ deaggregate: false }), async () => {}),
      { records },
    );

    expect(run.messages.map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  it("finds what a plain function left out of an aggregate", async () => {
    const done = effects();
    const handler = async ({ Records }: KinesisStreamEvent) => {
      for (const { kinesis: raw } of Records) done.record(raw.sequenceNumber === "2" ? "2:0" : raw.sequenceNumber);
    };
    const run = await simulateKinesis(handler, { records, effects: done });

    expect(run.lost.map(({ message: { id } }) => id)).toEqual(["2:1", "2:2"]);
  });

  it.for([{ empty: [] }, { empty: "a" }])("refuses an aggregate that is $empty", async ({ empty }) => {
    const handler = wrap(kinesis(), async () => {});
    await expect((async () => simulateKinesis(handler, { records: [{ aggregate: empty }] } as never))()).rejects.toThrow("aggregate");
  });
});
