// A small runtime client with the behaviour of Lambda's own, for machines on which that one cannot be built. It is started
// as a process, and imported by nobody.
import { isMainThread, Worker } from "node:worker_threads";
import { type Answer, call } from "./api.ts";
import { patchConsole, requestId } from "./console.ts";
import { toJson, toSent } from "./failures.ts";
import { type Handler, load, STREAMING } from "./load.ts";
import { addGlobals, runStreaming } from "./stream.ts";

const isManaged = process.env["AWS_LAMBDA_MAX_CONCURRENCY"] !== undefined;
let isWaiting = false;

// Lambda's own client waits in native code, and a process that exits meanwhile waits for that.
process.on("exit", () => {
  if (isWaiting && isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});

// Managed Instances run the function in worker threads, which no signal reaches.
if (isManaged && isMainThread) startThread();
else void run();

function startThread(): Worker {
  return new Worker(new URL(import.meta.url), { env: process.env });
}

async function run(): Promise<void> {
  addGlobals();
  patchConsole();
  const handler = await loadHandler();
  for (;;) {
    isWaiting = true;
    const { headers, body } = await call("GET", "/invocation/next");
    isWaiting = false;
    const work = (): Promise<void> => requestId.run(String(headers["lambda-runtime-aws-request-id"]), () => handle(handler, headers, body));
    if (isManaged) setImmediate(() => void work());
    else await work();
  }
}

async function loadHandler(): Promise<Handler> {
  try {
    return await load(process.env["LAMBDA_TASK_ROOT"] ?? "", process.env["_HANDLER"] ?? "");
  } catch (error) {
    console.error("Init Error", error);
    const sent = toSent(error);
    await call("POST", "/init/error", JSON.stringify(sent), { "Lambda-Runtime-Function-Error-Type": sent.errorType });
    throw error;
  }
}

async function handle(handler: Handler, headers: Answer["headers"], body: string): Promise<void> {
  const context = toContext(headers);
  const path = `/invocation/${encodeURIComponent(context.awsRequestId)}`;
  const event = JSON.parse(body) as unknown;
  if (STREAMING in handler) return runStreaming((stream) => handler(event, stream, context), context.awsRequestId);
  try {
    const reply = toJson(await handler(event, context));
    await call("POST", `${path}/response`, reply);
  } catch (error) {
    console.error("Invoke Error", error);
    const sent = toSent(error);
    await call("POST", `${path}/error`, JSON.stringify(sent), { "Lambda-Runtime-Function-Error-Type": sent.errorType });
  }
}

/** AWS: "AWS Lambda context object in Node.js". */
function toContext(headers: Answer["headers"]) {
  const one = (name: string): string | undefined => headers[name] as string | undefined;
  const parsed = (name: string): unknown => {
    const value = one(name);
    return value === undefined ? undefined : JSON.parse(value);
  };
  const traceId = one("lambda-runtime-trace-id");
  // Of several invocations at once each has its own.
  if (!isManaged && traceId !== undefined) process.env["_X_AMZN_TRACE_ID"] = traceId;
  const endsAt = Number(one("lambda-runtime-deadline-ms"));
  return {
    awsRequestId: one("lambda-runtime-aws-request-id") ?? "",
    invokedFunctionArn: one("lambda-runtime-invoked-function-arn"),
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
    clientContext: parsed("lambda-runtime-client-context"),
    identity: parsed("lambda-runtime-cognito-identity"),
    tenantId: one("lambda-runtime-aws-tenant-id"),
    xRayTraceId: traceId,
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  };
}
