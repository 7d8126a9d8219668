import { appendFileSync } from "node:fs";
import { direct, wrap } from "@lamella/core";
import { dynamodbStore } from "../src/dynamodb.ts";
import { idempotency } from "../src/index.ts";

// A process of its own, that is killed in the middle: it runs `handler` once with what it is told.
const [endpoint = "", file = "", requestId = "", hangs = ""] = process.argv.slice(2);
const handler = wrap(
  direct<string>(),
  idempotency({ store: dynamodbStore({ table: "plain", endpoint }), key: (id) => id, leaseMs: 2_000 }),
  async () => {
    if (hangs === "before") await new Promise((resolve) => setTimeout(resolve, 60_000));
    appendFileSync(file, "effect\n");
    return "done";
  },
);
const lambda = { functionName: "f", awsRequestId: requestId, getRemainingTimeInMillis: () => 30_000 };
handler("k", lambda as never).then(
  (value) => console.log(value),
  (error: { readonly code?: string }) => console.log(error.code ?? error),
);
