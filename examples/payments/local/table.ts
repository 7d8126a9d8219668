import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { awsCall } from "@lamella/core/aws";
import dynalite from "dynalite";

/** Starts DynamoDB inside this process, with the table of the template, and points the functions at it. */
export async function startTable(): Promise<() => void> {
  const server = dynalite({ createTableMs: 0 });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const TableName = "idempotency";
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    IDEMPOTENCY_TABLE: TableName,
  });
  const input = {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  };
  await awsCall({ service: "dynamodb", target: "DynamoDB_20120810.CreateTable", input });
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
