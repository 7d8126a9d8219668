import type { LambdaContext } from "@lamella/core";
import { lambdaContext } from "../lambda-context.ts";
import { type Prelude, ResponseSink } from "./response-sink.ts";

/** A handler that streams its response, as `stream` of `@lamella/http` makes it. */
export interface StreamingHandler<in Event> {
  (event: Event, stream: ResponseSink, context: LambdaContext): Promise<unknown>;
}

/** Whether a handler streams, by the mark that Lambda's runtime looks at. */
export function isStreaming(handler: unknown): handler is StreamingHandler<never> {
  return (handler as Record<symbol, unknown>)[Symbol.for("aws.lambda.runtime.handler.streaming")] === "response";
}

/**
 * Runs a streaming handler, and gives what its client sees, as soon as there are a status and headers. The body comes as
 * the handler makes it; it fails where the handler fails midway, and to cancel it is to be a client that goes.
 *
 * AWS: "Response streaming for Lambda functions".
 *
 * @throws {unknown} What the handler rejected with before it sent anything; a client would get a 502.
 * @example
 * const response = await streamResponse(handler, functionUrlEvent({ path: "/progress" }));
 * for await (const chunk of response.body ?? []) …
 */
export async function streamResponse<Event>(
  handler: StreamingHandler<Event>,
  event: Event,
  context: LambdaContext = lambdaContext(),
): Promise<Response> {
  const sink = new ResponseSink();
  handler(event, sink, context).then(
    // As the runtime, which waits for the end until the timeout.
    () => undefined,
    (error: unknown) => sink.fail(error),
  );
  const { statusCode = 200, ...fields } = await sink.prelude;
  const headers = toHeaders(fields);
  const hasNoBody = [204, 205, 304].includes(statusCode);
  return new Response(hasNoBody ? null : sink.body, { status: statusCode, headers });
}

function toHeaders({ headers = {}, multiValueHeaders = {}, cookies = [] }: Prelude): Headers {
  const all = new Headers(headers);
  for (const [name, values] of Object.entries(multiValueHeaders)) for (const value of values) all.append(name, value);
  for (const cookie of cookies) all.append("set-cookie", cookie);
  return all;
}
