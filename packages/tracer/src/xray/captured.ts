import { mustBe } from "@lamella/core/extend";
import { isTraceable } from "./is-traceable.ts";
import type { XRay } from "./xray.ts";

/** What every client of the AWS SDK for JavaScript, version 3, has. */
export interface AwsClient {
  readonly middlewareStack: object;
  readonly config: object;
}

/** Clients whose calls are to be traced, once there is something to trace them with. Weak, so that it holds none. */
const waiting = new Set<WeakRef<AwsClient>>();
// Of the process, as the SDK itself is: which invocation a call belongs to is found when it is made.
let capturing: XRay | undefined;

/**
 * Traces the calls of a client of the AWS SDK for JavaScript, version 3, and gives it back: each call is a subsegment
 * below the span in whose course it is made. Without X-Ray the client is left as it is, and nothing is loaded.
 *
 * @throws {TypeError} When `client` is no such client.
 * @example
 * const dynamodb = captured(new DynamoDBClient());
 */
export function captured<Client extends AwsClient>(client: Client): Client {
  const { middlewareStack, config } = (client ?? {}) as Partial<AwsClient>;
  const isClient = typeof middlewareStack === "object" && typeof config === "object";
  mustBe(isClient, "captured(client)", "a client of the AWS SDK for JavaScript, version 3", client);
  if (capturing !== undefined) capturing.capture(client);
  else if (isTraceable()) wait(client);
  return client;
}

/** From here on clients are captured by `xray`, those that wait among them. */
export function captureBy(xray: XRay): void {
  if (capturing !== undefined) return;
  capturing = xray;
  for (const held of waiting) {
    const client = held.deref();
    if (client !== undefined) xray.capture(client);
  }
  waiting.clear();
}

function wait(client: AwsClient): void {
  waiting.add(new WeakRef(client));
  // Those of a program that makes one an invocation are gone after it.
  if (waiting.size % 100 === 0) for (const held of waiting) if (held.deref() === undefined) waiting.delete(held);
}
