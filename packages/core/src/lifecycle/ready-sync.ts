import type { AnyLambda } from "../assemble.ts";
import { refused, waitForever } from "./extension.ts";
import { startAll } from "./gate.ts";
import { livesIn, needsSignal } from "./ready.ts";
import { isRegistered, setRegistered } from "./registered.ts";

/** How long a registration may take, in milliseconds: Lambda's own answer comes in a few. */
const WAIT_MS = 2_000;

// CommonJS, as a string, so that a bundle stays one file. It speaks HTTP, and the thread that loads the module waits.
const WORKER = `
const { workerData: { target, name, port, flag } } = require("node:worker_threads");
const headers = { "content-type": "application/json", "lambda-extension-name": name };
const done = (answer) => {
  port.postMessage(answer);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
};
require("node:http").request(target, { method: "POST", headers }, (response) => {
  response.resume();
  done({ status: response.statusCode, id: response.headers["lambda-extension-identifier"] });
}).on("error", ({ message }) => done({ message })).end('{"events":[]}');
`;

/**
 * What `ready` is for modules that cannot await, such as CommonJS bundles: it starts every `init` and registers for the
 * signal on which the layers shut down. Lambda's INIT phase does not wait for the `init`s; the first invocation does.
 *
 * @throws {TypeError} When the handler is none that `wrap` or `dispatch` made.
 * @example
 * exports.handler = readySync(wrap(sqs({ body: Order }), db, async ({ body }, { db }) => db.insert(body)));
 */
export function readySync<H extends AnyLambda>(handler: H): H {
  const lives = livesIn(handler, "readySync");
  void startAll(lives);
  if (needsSignal(lives) && !isRegistered()) registerSync();
  return handler;
}

interface Answer {
  readonly status?: number;
  readonly id?: string;
  readonly message?: string;
}

function registerSync(): void {
  setRegistered();
  try {
    const { MessageChannel, receiveMessageOnPort, Worker } = process.getBuiltinModule("node:worker_threads");
    const { port1, port2 } = new MessageChannel();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const target = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}/2020-01-01/extension/register`;
    const worker = new Worker(WORKER, {
      eval: true,
      workerData: { target, name: "lamella", port: port2, flag },
      transferList: [port2],
    });
    worker.unref();
    // The environment's options may make it fail to start; nothing is lost by waiting no longer.
    worker.on("error", refused);
    Atomics.wait(flag, 0, 0, WAIT_MS);
    const { status, id, message } = (receiveMessageOnPort(port1)?.message ?? {}) as Answer;
    port1.close();
    if (status !== 200 || id === undefined) throw new Error(message ?? `Lambda answered ${status ?? "nothing"}`);
    waitForever(id);
  } catch (error) {
    refused(error);
  }
}
