import { workerData } from "node:worker_threads";
import { dynamodbStore } from "../src/dynamodb.ts";
import { ENV, startDynamodb } from "../test/dynamodb-server.ts";
import type { Asked } from "./real-store.ts";

// A thread of its own: an embedded DynamoDB, and a store that reaches it over HTTP, in real time. Who asks is blocked
// meanwhile, so that no virtual time passes.
const { port, flag } = workerData as Asked;
const answer = (message: object): void => {
  port.postMessage(message);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
};
Object.assign(process.env, ENV);
const { endpoint } = await startDynamodb();
const store = dynamodbStore({ table: "plain", endpoint });
port.on("message", ({ method, input }: { readonly method: "begin" | "renew" | "complete" | "release"; readonly input: never }) => {
  store[method](input).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  );
});
answer({});
