import { dynamodbStore } from "@lamella/idempotency/dynamodb";

/** Where both functions keep what they have done; each under its own name. */
export const store = dynamodbStore({ table: process.env["IDEMPOTENCY_TABLE"] ?? "idempotency" });
