import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const official = fileURLToPath(new URL("./client/node_modules/aws-lambda-ric/index.mjs", import.meta.url));
const isBuilt = existsSync(official.replace("index.mjs", "rapid-client.node"));
if (!isBuilt && process.env["CI"] === "true") throw new Error("Lambda's own client is not built: npm ci --prefix conformance/client");

export interface Client {
  readonly of: string;
  /** For `startRuntime`. */
  readonly client: string;
}

/** What every test runs under. */
export const clients: readonly Client[] = [
  ...(isBuilt ? [{ of: "aws-lambda-ric", client: official }] : []),
  { of: "the small client", client: "lamella" },
];
