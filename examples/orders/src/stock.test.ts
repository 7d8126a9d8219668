import { beforeEach, describe, expect, it, vi } from "vitest";
import { enqueue } from "./queue.ts";
import { reserve } from "./stock.ts";

const order = { id: "order-1", sku: "pen", quantity: 2 };
const { signal } = new AbortController();
const requests: { readonly target: string | null; readonly input: Readonly<Record<string, unknown>> }[] = [];

/** Answers the calls in turn. */
function answering(...answers: readonly { readonly status: number; readonly body: object }[]): void {
  const left = [...answers];
  vi.stubGlobal("fetch", async (request: Request) => {
    requests.push({ target: request.headers.get("x-amz-target"), input: (await request.json()) as Readonly<Record<string, unknown>> });
    const { status, body } = left.shift() ?? { status: 500, body: {} };
    return Response.json(body, { status });
  });
}
const refused = {
  status: 400,
  body: { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", message: "The conditional request failed" },
};

beforeEach(() => {
  requests.length = 0;
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("TABLE_NAME", "stock");
  vi.stubEnv("QUEUE_URL", "https://queue");
  return () => vi.unstubAllGlobals();
});

describe("reserve", () => {
  it("takes the goods out of the stock under the condition that they are there", async () => {
    answering({ status: 200, body: {} });

    expect(await reserve(order, signal)).toBe("reserved");
    expect(requests).toMatchObject([{ target: "DynamoDB_20120810.UpdateItem", input: { TableName: "stock", Key: { sku: { S: "pen" } } } }]);
  });

  it("knows an order that has its goods", async () => {
    answering(refused, { status: 200, body: { Item: { available: { N: "0" }, orders: { SS: ["order-1"] } } } });

    expect(await reserve(order, signal)).toBe("already reserved");
  });

  it.for([
    { item: { available: { N: "1" }, orders: { SS: ["order-0"] } }, says: "2 of pen wanted, 1 there" },
    { item: undefined, says: "2 of pen wanted, 0 there" },
  ])("says that there is not enough: $says", async ({ item, says }) => {
    answering(refused, { status: 200, body: item === undefined ? {} : { Item: item } });

    await expect(reserve(order, signal)).rejects.toMatchObject({ name: "OutOfStockError", message: says });
  });

  it("hands on what else goes wrong, under the service's own name", async () => {
    answering({ status: 400, body: { __type: "x#ResourceNotFoundException", message: "no table" } });

    await expect(reserve(order, signal)).rejects.toMatchObject({ name: "ResourceNotFoundException", message: "no table" });
  });
});

describe("enqueue", () => {
  it("sends the order as JSON", async () => {
    answering({ status: 200, body: { MessageId: "1" } });

    await enqueue(order, signal);

    expect(requests).toEqual([
      { target: "AmazonSQS.SendMessage", input: { QueueUrl: "https://queue", MessageBody: JSON.stringify(order) } },
    ]);
  });
});
