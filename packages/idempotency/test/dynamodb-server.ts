import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { awsCall } from "@lamella/core/aws";
import dynalite from "dynalite";

const KEYS = {
  plain: [["id", "HASH"]],
  composite: [
    ["pk", "HASH"],
    ["sk", "RANGE"],
  ],
} as const;

/** An embedded DynamoDB on loopback, with a table of each sort. */
export async function startDynamodb(): Promise<{ readonly endpoint: string; readonly stop: () => void }> {
  const server = (dynalite as (options: object) => Server)({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [TableName, keys] of Object.entries(KEYS)) {
    const input = {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
      AttributeDefinitions: keys.map(([AttributeName]) => ({ AttributeName, AttributeType: "S" })),
    };
    await awsCall({ service: "dynamodb", target: "DynamoDB_20120810.CreateTable", input, endpoint });
  }
  return {
    endpoint,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The credentials of nobody. */
export const ENV: Readonly<Record<string, string>> = {
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
};
