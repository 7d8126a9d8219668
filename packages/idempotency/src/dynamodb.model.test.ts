import { awsCall } from "@lamella/core/aws";
import { afterAll, beforeAll, it, vi } from "vitest";
import { ENV, startDynamodb } from "../test/dynamodb-server.ts";
import { playOn, STORE_SCHEDULES } from "../test/play-on.ts";
import { dynamodbStore } from "./dynamodb.ts";

let endpoint: string;
let stop: () => void;
beforeAll(async () => {
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
  ({ endpoint, stop } = await startDynamodb());
});
afterAll(() => stop());

it(`holds over any of ${STORE_SCHEDULES} schedules on DynamoDB over HTTP`, { timeout: 0 }, async () => {
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
  await playOn(dynamodbStore({ table: "plain", endpoint }), async (id) => {
    const input = { TableName: "plain", Key: { id: { S: id } }, ConsistentRead: true };
    const target = "DynamoDB_20120810.GetItem";
    return (await awsCall<{ Item?: object }>({ service: "dynamodb", target, input, endpoint })).Item !== undefined;
  });
});
