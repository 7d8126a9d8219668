import { setImmediate as turn } from "node:timers/promises";
import { wrap } from "@lamella/core";
import { eventStream, functionUrl, type HttpRequest, NotFoundError, reply, restApi, stream } from "@lamella/http";

const MARK = "aws.lambda.runtime.handler.streaming";

async function* two() {
  yield "one ";
  await turn();
  yield "two";
}

// oxlint-disable-next-line require-yield -- a stream of nothing
async function* none() {
  await turn();
}

// oxlint-disable-next-line require-yield -- it fails before it has anything
async function* failsAtOnce() {
  await turn();
  throw new RangeError("at once, and that is a secret");
}

async function* failsMidway() {
  yield "one ";
  await turn();
  throw new RangeError("midway");
}

async function* endless() {
  try {
    for (;;) {
      yield new Uint8Array(1_024);
      await turn();
    }
  } finally {
    console.log("the source has ended");
  }
}

async function* large() {
  for (let count = 0; count < 8; count++) yield new Uint8Array(1_024 * 1_024).fill(count);
}

async function never(signal: AbortSignal): Promise<void> {
  await new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

async function answer({ path }: HttpRequest, { signal }: { readonly signal: AbortSignal }): Promise<unknown> {
  switch (path) {
    case "/two":
      return reply(201, two(), { "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] });
    case "/empty":
      return none();
    case "/nothing":
      return undefined;
    case "/moved":
      return reply(302, undefined, { location: "/two", "set-cookie": ["a=1", "b=2"] });
    case "/json":
      return { id: 1 };
    case "/events":
      return eventStream([{ event: "progress", data: { done: 1 } }]);
    case "/response":
      return new Response(new Blob(["one ", "two"]).stream(), { status: 202 });
    case "/large":
      return large();
    case "/throws":
      throw new Error("that is a secret");
    case "/fails-at-once":
      return failsAtOnce();
    case "/fails-midway":
      return failsMidway();
    case "/endless":
      return endless();
    case "/never":
      return never(signal);
    case "/marks":
      return { streaming: markOf(MARK), highWaterMark: markOf(`${MARK}.highWaterMark`), parameters: handler.length };
    default:
      throw new NotFoundError();
  }
}

function markOf(name: string): unknown {
  return (handler as unknown as Record<symbol, unknown>)[Symbol.for(name)];
}

export const handler = stream(wrap(functionUrl(), answer), { highWaterMark: 4_096 });
export const rest = stream(wrap(restApi(), answer));
