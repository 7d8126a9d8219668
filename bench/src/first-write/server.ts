import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { awsCall } from "@lamella/core/aws";
import dynalite from "dynalite";

// An embedded DynamoDB in a process of its own, so that it takes no turn of the functions'.
const server = dynalite({ createTableMs: 0 });
await once(server.listen(0, "127.0.0.1"), "listening");
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const input = {
  TableName: "idempotency",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
};
await awsCall({ service: "dynamodb", target: "DynamoDB_20120810.CreateTable", input, endpoint });
process.send?.(endpoint);
process.on("disconnect", () => process.exit());
