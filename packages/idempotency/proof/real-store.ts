import { mkdirSync } from "node:fs";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { build } from "esbuild";
import type { IdempotencyStore } from "../src/store.ts";

/** What the thread gets. */
export interface Asked {
  readonly port: MessagePort;
  /** Set to 1 when an answer is there. */
  readonly flag: Int32Array;
}

interface Answer {
  readonly result?: never;
  readonly error?: string;
}

/** How long an answer may take, in real milliseconds. */
const LONGEST_MS = 30_000;

/** `dynamodbStore` on an embedded DynamoDB over HTTP. A call blocks the process, so that a simulation's clock stands still. */
export async function realStore(): Promise<{ readonly store: IdempotencyStore; readonly stop: () => Promise<unknown> }> {
  const folder = new URL("../.tmp/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const outfile = new URL("dynamodb.worker.mjs", folder);
  await build({
    // From the source, as the tests are.
    entryPoints: [new URL("dynamodb.worker.ts", import.meta.url).pathname],
    outfile: outfile.pathname,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["dynalite"],
  });
  const { port1: port, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(outfile, { workerData: { port: port2, flag } satisfies Asked, transferList: [port2] });
  worker.unref();
  const wait = (): Answer => {
    if (Atomics.wait(flag, 0, 0, LONGEST_MS) === "timed-out") throw new Error("The embedded DynamoDB does not answer");
    Atomics.store(flag, 0, 0);
    const answer = receiveMessageOnPort(port)?.message as Answer | undefined;
    if (answer?.error !== undefined) throw new Error(answer.error);
    return answer ?? {};
  };
  const call = (method: string) => async (input: object) => {
    port.postMessage({ method, input });
    return wait().result as never;
  };
  wait();
  const store = { name: "dynamodb", begin: call("begin"), renew: call("renew"), complete: call("complete"), release: call("release") };
  return { store, stop: () => worker.terminate() };
}
