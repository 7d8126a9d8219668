import type { AttributeValue, Context, DynamoDBBatchItemFailure, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { z } from "zod";
import { context } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";
import { dynamodbEvent } from "./stream-fixtures.ts";

type Wrapped = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;
type AttributeMap = Readonly<Record<string, AttributeValue>>;

const SIZE = 100;

let moved = 0;

/** The work, the same function for all. */
async function move(
  next: Readonly<Record<string, unknown>> | undefined,
  old: Readonly<Record<string, unknown>> | undefined,
): Promise<void> {
  moved += Number(next?.["attribute0"]) - Number(old?.["attribute0"]);
}

function toCase(name: string, toLambda: () => Promise<Wrapped>): Case {
  return {
    name,
    open: async () => {
      const lambda = await toLambda();
      const event = dynamodbEvent(SIZE);
      const loop: Loop = async (times) => {
        moved = 0;
        let failed = 0;
        for (let turn = 0; turn < times; turn++) {
          await nextTurn();
          failed += (await lambda(event, context)).batchItemFailures.length;
        }
        if (failed !== 0 || moved !== SIZE * times)
          throw new Error(`${moved} moves and ${failed} failures, where ${SIZE * times} and 0 were expected.`);
      };
      return { [String(SIZE)]: loop };
    },
  };
}

const byLoop =
  (toPlain: (image: AttributeMap) => Record<string, unknown>): Wrapped =>
  async ({ Records }) => {
    const batchItemFailures: DynamoDBBatchItemFailure[] = [];
    for (const { dynamodb: { NewImage, OldImage, SequenceNumber = "" } = {} } of Records) {
      try {
        await move(NewImage && toPlain(NewImage), OldImage && toPlain(OldImage));
      } catch {
        batchItemFailures.push({ itemIdentifier: SequenceNumber });
        break;
      }
    }
    return { batchItemFailures };
  };

/** Only what the images of this group have. */
function byHand(image: AttributeMap): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const name in image) {
    const { S, N, BOOL } = image[name] as AttributeValue;
    plain[name] = S ?? (N === undefined ? BOOL : Number(N));
  }
  return plain;
}

export const group: Group = {
  name: "dynamodb",
  title: "Changes with two images of 20 attributes, each batch from its own turn of the event loop",
  baseline: "by hand",
  compares: "times",
  warmUpMs: 300,
  workloads: [{ name: String(SIZE), title: `${SIZE} changes`, empty: emptyTurns }],
  cases: [
    toCase("by hand", async () => byLoop(byHand)),
    toCase("lamella", async () => {
      const { wrap } = await import("@lamella/core");
      const { dynamodb } = await import("@lamella/events/dynamodb");
      return wrap(dynamodb(), ({ newImage, oldImage }) => move(newImage, oldImage));
    }),
    toCase("util-dynamodb", async () => {
      const { unmarshall } = await import("@aws-sdk/util-dynamodb");
      return byLoop((image) => unmarshall(image as never));
    }),
    toCase("powertools envelope", async () => {
      const { DynamoDBStreamEnvelope } = await import("@aws-lambda-powertools/parser/envelopes/dynamodb");
      const anything = z.record(z.string(), z.unknown());
      return async (event) => {
        for (const { NewImage, OldImage } of DynamoDBStreamEnvelope.parse(event, anything)) await move(NewImage, OldImage);
        return { batchItemFailures: [] };
      };
    }),
  ],
};
