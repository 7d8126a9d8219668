import { type AroundItem, type Base, hasCode, type Layer, type LayerOptions, type Outcome } from "@lamella/core";
import { mustBe, normalised } from "@lamella/core/extend";
import { rescue } from "./errors/rescue.ts";
import type { EventRequest } from "./request/event-request.ts";
import type { HttpRequest } from "./request/http-request.ts";
import type { HttpResponse } from "./response/http-response.ts";
import { type HttpReply, isReply } from "./response/reply.ts";
import { toResponse } from "./response/to-response.ts";

/** Runs the rest of the chain, and gives the response, of a failure as well. */
export interface HttpNext {
  (): Promise<HttpResponse & Outcome<{}>>;
  <Adds extends object>(adds: Adds): Promise<HttpResponse & Outcome<Adds>>;
}

/** What a layer gives back: what `next` or `answer` gave. */
// Not `Outcome` itself: TypeScript would pair it with the outcome that `answer` gives, by its name, and infer what the
// layer adds from nothing else.
export interface Answered<out Adds> extends Outcome<Adds> {}

/** What a layer does around one request. */
export type AroundRequest<Needs, Adds> = (
  request: HttpRequest,
  ctx: Base & Needs,
  next: HttpNext,
) => Promise<Answered<Adds> | HttpReply<number, unknown>>;

/**
 * Makes a layer for requests: as `layer`, but `next` gives the response, also the one that is made of an error, and a
 * reply answers without the handler. The declared responses are the handler's, and do not bind what a layer replies.
 *
 * @throws {TypeError} At load, when `name` is empty or `around` is no function.
 * @example
 * const noStore = httpLayer("noStore", async (_request, _ctx, next) => {
 *   const response = await next();
 *   response.headers.set("cache-control", "no-store");
 *   return response;
 * });
 */
export function httpLayer<Needs = {}, Adds = {}>(
  name: string,
  around: AroundRequest<Needs, Adds>,
  options: LayerOptions = {},
): Layer<HttpRequest, Needs, Adds> {
  mustBe(typeof name === "string" && name !== "", "httpLayer(name, …)", "a name that is not empty", name);
  mustBe(typeof around === "function", `httpLayer("${name}", …)`, "a function", around);
  return { name, hooks: { ...options, item: aroundItem(around as AroundRequest<unknown, never>) } };
}

/**
 * What the layer does around a request. Its `next` gives responses, and never a failure. To the layers outside of it a
 * failure is a failure again, unless the layer answered with something else.
 */
function aroundItem(around: AroundRequest<unknown, never>): AroundItem<HttpRequest, unknown, never> {
  return async (item, ctx, next) => {
    const request = item as EventRequest;
    const respond = async (adds?: object): Promise<Outcome<never>> => {
      try {
        return await normalised(request["~setup"].finish, await (next as (adds?: object) => Promise<unknown>)(adds), request as never);
      } catch (error) {
        // A mistake of the layer itself.
        if (hasCode(error, "LAMELLA_NEXT_CALLED_TWICE")) throw error;
        return rescue(error, request);
      }
    };
    const outcome = await around(request, ctx, respond as unknown as HttpNext);
    const rescued = request["~rescued"];
    if (rescued !== undefined && outcome === (rescued.response as unknown)) throw rescued.error;
    return isReply(outcome) ? toResponse(outcome) : outcome;
  };
}
