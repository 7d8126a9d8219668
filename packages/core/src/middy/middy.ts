import { normalised } from "../compose.ts";
import type { LambdaContext } from "../lambda.ts";
import type { AroundItem, Layer } from "../layer.ts";
import { mustBe } from "../must-be.ts";
import { answer, type Outcome, type OutputOutcome } from "../outcome.ts";
import { fromMiddy, isHttpItem, toMiddy } from "./http-item.ts";
import { type MiddyMiddleware, type MiddyRequest, runMiddlewares } from "./run-middlewares.ts";

export interface MiddyOptions<Name extends string> {
  /** The member of `ctx` that holds the request as the middlewares left it before the handler. @default none */
  readonly as?: Name | undefined;
}

/**
 * Runs middlewares that were written for Middy as one layer, in Middy's order. Their `request.event` is a copy of the
 * event, or of the record of a batch; what they do to it is seen by each other, and by the handler in `ctx[as]` alone.
 * `request.context` is Lambda's, `request.response` what the function replies with, over HTTP as
 * `{ statusCode, headers, cookies, body, isBase64Encoded }`.
 *
 * @throws {TypeError} At load, when one of them has none of Middy's functions.
 * @example
 * export const handler = wrap(httpApi(), middy([inputOutputLogger(), httpCors({ origin: "*" })]), async () => ({ ok: true }));
 */
export function middy<const Name extends string = never>(
  middlewares: MiddyMiddleware | readonly MiddyMiddleware[],
  { as }: MiddyOptions<Name> = {},
): Layer<unknown, {}, { readonly [P in Name]: MiddyRequest }> {
  const list = Array.isArray(middlewares) ? (middlewares as readonly MiddyMiddleware[]) : [middlewares as MiddyMiddleware];
  mustBe(list.length > 0, "middy(middlewares)", "a middleware, or a list of them", undefined);
  for (const one of list) checkMiddleware(one);
  mustBe(as === undefined || (typeof as === "string" && as !== ""), "middy(…, { as })", "a name that is not empty", as);

  const around: AroundItem<unknown, {}, {}> = async (item, { lambda }, next) => {
    const http = isHttpItem(item) ? item : undefined;
    const request = newRequest(eventOf(item), lambda);
    let outcome: Outcome<{}> | undefined;
    let given: unknown;
    await runMiddlewares(list, request, async () => {
      outcome = await (as === undefined ? next() : next({ [as]: request }));
      given = http === undefined ? outputOf(outcome) : toMiddy(await normalised(http["~finish"], outcome, http as never));
      return given;
    });
    const { response } = request;
    if (http !== undefined) return fromMiddy(response, http);
    // As it was, where it is the same: so a schema does not see it twice.
    return outcome !== undefined && response === given ? outcome : answer(response);
  };
  return { name: "middy", hooks: { item: around } } as Layer<unknown, {}, { readonly [P in Name]: MiddyRequest }>;
}

function checkMiddleware(one: MiddyMiddleware): void {
  const isRight = typeof one === "object" && one !== null && HOOKS.every((hook) => isHook(one[hook]));
  mustBe(isRight && HOOKS.some((hook) => one[hook]), "middy(middlewares)", "objects with before, after or onError", one);
}

const HOOKS = ["before", "after", "onError"] as const;

function isHook(value: unknown): boolean {
  return value === undefined || typeof value === "function";
}

function newRequest(event: unknown, context: LambdaContext): MiddyRequest {
  // Events are JSON; what a schema made of a direct one may be more, and is copied as far as that goes.
  return {
    event: structuredClone(event),
    context,
    response: undefined,
    error: undefined,
    internal: Object.create(null) as object as MiddyRequest["internal"],
  };
}

function eventOf(item: unknown): unknown {
  if (typeof item !== "object" || item === null) return item;
  const { raw, items, fail } = item as { readonly raw?: unknown; readonly items?: unknown; readonly fail?: unknown };
  if (Array.isArray(items) && typeof fail === "function") {
    throw new TypeError("middy(…) cannot stand around whole(…): its middlewares want an event. Call what they do in the handler.");
  }
  return raw ?? item;
}

function outputOf(outcome: Outcome<{}>): unknown {
  return (outcome as unknown as OutputOutcome).output;
}
