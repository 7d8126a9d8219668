import type { Program } from "../size/programs.ts";

const sqs = `import { sqs } from "@lamella/events/sqs"; const handle = async () => {};`;

/** Around `ready`: how long it takes is logged, which is what Lambda's init phase waits for. */
const timed = (code: string): string =>
  `const startedAt = performance.now(); ${code} console.log("took " + (performance.now() - startedAt));`;

/** Functions with and without resources. */
export const lives: readonly Program[] = [
  {
    name: "no resource, no ready",
    code: timed(`${sqs} import { wrap } from "@lamella/core"; export const handler = wrap(sqs(), handle);`),
  },
  {
    name: "ready, no resource",
    code: timed(`${sqs} import { ready, wrap } from "@lamella/core"; export const handler = await ready(wrap(sqs(), handle));`),
  },
  {
    name: "ready, a resource",
    code: timed(`${sqs} import { ready, resource, wrap } from "@lamella/core";
      export const handler = await ready(wrap(sqs(), resource("db", { init: () => ({}) }), handle));`),
  },
  {
    name: "ready, ten resources in a row",
    code: timed(`${sqs} import { ready, resource, wrap } from "@lamella/core";
      let last = resource("r0", { init: () => ({}) });
      for (let index = 1; index < 10; index++) last = resource("r" + index, { needs: [last], init: () => ({}) });
      export const handler = await ready(wrap(sqs(), last, handle));`),
  },
  {
    name: "ready, shutdown (registers)",
    code: timed(`${sqs} import { ready, resource, wrap } from "@lamella/core";
      export const handler = await ready(wrap(sqs(), resource("db", { init: () => ({}), shutdown: () => {} }), handle));`),
  },
  {
    name: "readySync, shutdown (registers in a thread)",
    code: timed(`${sqs} import { readySync, resource, wrap } from "@lamella/core";
      export const handler = readySync(wrap(sqs(), resource("db", { init: () => ({}), shutdown: () => {} }), handle));`),
  },
];

/** The processor time of the process up to here: other processes disturb it less than they do the clock. */
const counted = (code: string): string =>
  `${code} const { user, system } = process.cpuUsage(); console.log("took " + (user + system) / 1_000);`;

const around = (name: string, imports: string, ...list: readonly string[]): Program => ({
  name,
  code: counted(
    `${sqs} import { wrap } from "@lamella/core"; ${imports} export const handler = wrap(${["sqs()", ...list, "handle"].join(", ")});`,
  ),
});

/** A function with each layer on its own, and the same without any. */
export const layers: readonly Program[] = [
  around("no layer", ""),
  around("retry + timeout", `import { retry, timeout } from "@lamella/core";`, "retry()", "timeout(1_000)"),
  around("warmup", `import { warmup } from "@lamella/core";`, "warmup()"),
  around("a resource", `import { resource } from "@lamella/core";`, `resource("db", { init: () => ({}) })`),
  around("logger", `import { logger } from "@lamella/logger";`, `logger({ service: "orders" })`),
  around("tracer (not traced)", `import { tracer } from "@lamella/tracer";`, "tracer()"),
  around("metrics", `import { metrics } from "@lamella/metrics";`, `metrics({ namespace: "orders" })`),
  around(
    "idempotency, DynamoDB",
    `import { idempotency } from "@lamella/idempotency"; import { dynamodbStore } from "@lamella/idempotency/dynamodb";`,
    `idempotency({ store: dynamodbStore({ table: "t" }), key: ({ body }) => body })`,
  ),
  {
    name: "secrets, one fetched",
    code: counted(`${sqs} import { ready, wrap } from "@lamella/core"; import { secrets } from "@lamella/parameters";
      export const handler = await ready(wrap(sqs(), secrets({ key: "key" }), handle));`),
  },
  {
    name: "parameters, ten fetched",
    code: counted(`${sqs} import { ready, wrap } from "@lamella/core"; import { parameters } from "@lamella/parameters";
      export const handler = await ready(wrap(sqs(), parameters(Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ["p" + n, "/p/" + n]))), handle));`),
  },
  {
    name: "by hand, the same secret by AWS's SDK",
    code: counted(`import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
      const { SecretString } = await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: "key" }));
      export const handler = async () => SecretString.length;`),
  },
];
