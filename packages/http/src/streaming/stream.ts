import { hasCode, type Lambda, type LambdaContext } from "@lamella/core";
import { assemble, mustBe, partsOf, singleSource, toSource } from "@lamella/core/extend";
import type { ErasedKind, HttpSource } from "../http-source.ts";
import type { EventRequest } from "../request/event-request.ts";
import type { SealedResponse } from "../response/http-response.ts";
import { toHead } from "../response/wire-response.ts";
import { Outlet } from "./outlet.ts";
import { type ResponseStream, streamify } from "./response-stream.ts";

export interface StreamOptions {
  /** How many bytes wait in the runtime before the source of the stream has to. @default the runtime's, 16 KB */
  readonly highWaterMark?: number | undefined;
}

/** A Lambda handler that streams its responses; called without a stream, it replies in one piece. */
export interface StreamingLambda<in Event, out Reply> extends Lambda<Event, Reply> {
  (event: Event, stream: ResponseStream, context: LambdaContext): Promise<void>;
}

/**
 * Makes a handler of `wrap` stream its responses, for function URLs with the invoke mode RESPONSE_STREAM and REST APIs with
 * the response transfer mode STREAM. What the handler returns stays the same; a body that is a stream is sent as it comes.
 *
 * AWS: "Response streaming for Lambda functions", "Set up a Lambda proxy integration with payload response streaming in API
 * Gateway".
 *
 * @throws {TypeError} At load, when `lambda` is not what `wrap` made with `functionUrl()` or `restApi()`.
 * @throws {RangeError} At load, when `highWaterMark` is no whole number of 1 or more.
 * @example
 * export const handler = stream(wrap(functionUrl(), async () => (await fetch(report)).body));
 */
export function stream<Event, Reply>(lambda: Lambda<Event, Reply>, { highWaterMark }: StreamOptions = {}): StreamingLambda<Event, Reply> {
  const parts = partsOf(lambda);
  const http = (parts?.base as Partial<HttpSource> | undefined)?.["~http"];
  if (parts === undefined || http?.service.streams !== true)
    throw new TypeError("stream(…)'s argument must be what wrap(functionUrl(), …) or wrap(restApi(), …) gave");
  const isSize = highWaterMark === undefined || (Number.isInteger(highWaterMark) && highWaterMark >= 1);
  mustBe(isSize, "stream(…, { highWaterMark })", "a whole number of 1 or more", highWaterMark, RangeError);

  const { service, definition } = http;
  const base = singleSource<ErasedKind, EventRequest>({
    ...definition,
    reply: (outcome, request, { lambda: context }) => {
      const { body, ...head } = toHead(outcome as SealedResponse, request.method);
      return outletOf(context).send(toPrelude(service.write({ ...head, body: undefined, isBase64: false }, request.raw)), body);
    },
    rescue: (error, request, invocation) => {
      const outlet = outletOf(invocation.lambda);
      outlet.abort(error);
      return outlet.isOpen ? undefined : definition.rescue?.(error, request, invocation);
    },
    // It makes a reply, which here is nothing that could be given back.
    refuse: undefined,
  });
  const source = toSource(base, parts.layers);
  const run = assemble({ ...parts, source }) as Lambda<Event, unknown>;

  const serve = async (event: Event, context: LambdaContext, outlet: Outlet): Promise<void> => {
    try {
      const reply = await run(event, withOutlet(context, outlet));
      // Of a layer that answered without a request, as warmup() does.
      if (reply !== undefined && !outlet.isOpen) outlet.end(JSON.stringify(reply));
    } catch (error) {
      // Lambda ends the response as failed.
      if (outlet.isOpen || hasCode(error, "LAMELLA_WRONG_EVENT")) throw error;
      // The stream has no reply that the report of a failure could stand for.
      console.error(`[lamella] ${definition.name} failed:`, error);
      const refused = definition.refuse?.(error, event as never) as { readonly body: string };
      await outlet.send(toPrelude(refused), refused.body);
    }
  };
  // Three parameters: where a handler is marked as streaming, the Node.js 24 runtime does not take the third for a callback.
  const streaming = (event: Event, to: ResponseStream | LambdaContext, context?: LambdaContext): Promise<unknown> =>
    "write" in to ? serve(event, context as LambdaContext, new Outlet(to)) : lambda(event, to);
  return Object.assign(streamify(streaming, highWaterMark), { "~parts": parts }) as unknown as StreamingLambda<Event, Reply>;
}

/** The same context, accessors too, with the outlet out of sight: a test may run several invocations with one context. */
function withOutlet(context: LambdaContext = {} as LambdaContext, outlet: Outlet): LambdaContext {
  const copy = Object.create(Object.getPrototypeOf(context), Object.getOwnPropertyDescriptors(context)) as LambdaContext;
  return Object.defineProperty(copy, "~outlet", { value: outlet });
}

function outletOf(context: LambdaContext): Outlet {
  return (context as LambdaContext & { readonly "~outlet": Outlet })["~outlet"];
}

/** What a service is told before the body. */
function toPrelude(reply: object): object {
  const { body: _, isBase64Encoded: __, ...prelude } = reply as Readonly<Record<string, unknown>>;
  return prelude;
}
