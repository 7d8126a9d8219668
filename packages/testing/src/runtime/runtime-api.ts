import type { IncomingMessage, ServerResponse } from "node:http";
import type { Environment } from "./environment.ts";
import { toRuntimeError } from "./runtime-error.ts";
import { toStreamed } from "./streamed.ts";

/** What a reply may have: 6 MiB and 100 bytes. */
const MOST_BYTES = 6 * 1_024 * 1_024 + 100;

/**
 * Answers the runtime client, and extensions.
 *
 * AWS: "Using the Lambda runtime API for custom runtimes", "Using the Lambda Extensions API to create extensions".
 */
export async function answer(environment: Environment, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "" } = request;
  const route = `${method} ${url}`;
  const [, id = "", what] = /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
  if (route === "GET /2018-06-01/runtime/invocation/next") environment.poll(response);
  else if (what !== undefined) await take(environment, decodeURIComponent(id), what, request, response);
  else if (route === "POST /2018-06-01/runtime/init/error") await takeInitError(environment, request, response);
  else if (route === "POST /2020-01-01/extension/register") await register(environment, request, response);
  else if (route === "GET /2020-01-01/extension/event/next") nextEvent(environment, request, response);
  else send(response, 404, { errorType: "NotFound", errorMessage: `There is no ${route}` });
}

async function take(environment: Environment, id: string, what: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (environment.wasAnswered(id)) return refuseState(response);
  if (!environment.isRunning(id)) return send(response, 400, { errorType: "InvalidRequestID", errorMessage: "Invalid request ID" });
  const type = headerOf(request, "lambda-runtime-function-error-type");
  const isStream = headerOf(request, "lambda-runtime-function-response-mode") === "streaming";
  const chunks: Uint8Array[] = [];
  let leavesInBytes = isStream ? environment.leavesAfterBytes(id) : Infinity;
  for await (const chunk of request) {
    // What comes for a client that has gone is read, and dropped.
    if (leavesInBytes <= 0) continue;
    chunks.push(chunk as Uint8Array);
    leavesInBytes -= (chunk as Uint8Array).byteLength;
    if (leavesInBytes <= 0) hangUp(request, response, () => environment.settle(id, { streamed: toStreamed(chunks, typeOf(request)) }));
  }
  if (leavesInBytes <= 0) return;
  if (what === "error") {
    environment.settle(id, { error: toRuntimeError(Buffer.concat(chunks).toString(), type) });
  } else if (isStream) {
    const { trailers } = request;
    const failure = trailers["lambda-runtime-function-error-type"];
    const body = Buffer.from(trailers["lambda-runtime-function-error-body"] ?? "", "base64").toString();
    const streamed = toStreamed(chunks, typeOf(request));
    environment.settle(id, { streamed, error: failure === undefined ? undefined : toRuntimeError(body, failure) });
  } else {
    const body = Buffer.concat(chunks);
    if (body.byteLength > MOST_BYTES) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${MOST_BYTES} bytes).`;
      environment.settle(id, { error: { errorType: "Function.ResponseSizeTooLarge", errorMessage } });
      return send(response, 413, { errorType: "RequestEntityTooLarge", errorMessage });
    }
    environment.settle(id, { reply: parse(body.toString()) });
  }
  send(response, 202, { status: "OK" });
}

/**
 * Answers before all has come, and closes: so the stream closes at the other end. A connection that is reset instead would
 * end the process, because Lambda's own client handles no such error.
 */
function hangUp(request: IncomingMessage, response: ServerResponse, settle: () => void): void {
  settle();
  response.once("finish", () => request.socket.end());
  send(response, 202, { status: "OK" });
}

async function takeInitError(environment: Environment, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (environment.hasStarted) return refuseState(response);
  environment.failInit(toRuntimeError(await textOf(request), headerOf(request, "lambda-runtime-function-error-type")));
  send(response, 202, { status: "OK" });
}

async function register(environment: Environment, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = environment.extensions.register(headerOf(request, "lambda-extension-name"), await textOf(request));
  if (typeof id !== "string") return send(response, 403, id);
  response.setHeader("Lambda-Extension-Identifier", id);
  send(response, 200, { functionName: environment.functionArn.split(":").at(-1), functionVersion: "$LATEST", handler: "handler" });
}

function nextEvent(environment: Environment, request: IncomingMessage, response: ServerResponse): void {
  const refusal = environment.extensions.next(headerOf(request, "lambda-extension-identifier"), (event) => send(response, 200, event));
  if (refusal !== undefined) return send(response, 403, refusal);
  environment.changed();
}

function refuseState(response: ServerResponse): void {
  send(response, 403, { errorType: "InvalidStateTransition", errorMessage: "Transition is not allowed" });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function typeOf({ headers }: IncomingMessage): string | undefined {
  return headers["content-type"];
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString();
}

/** The reply as a caller parses it; as text where it is no JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
