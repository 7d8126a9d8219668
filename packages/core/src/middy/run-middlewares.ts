import type { LambdaContext } from "../lambda.ts";

/** What Middy's middlewares are called with. */
export interface MiddyRequest {
  /** A copy of the event, which they may change. */
  event: unknown;
  /** Lambda's context, which they may add to. */
  context: LambdaContext;
  response: unknown;
  error: unknown;
  /** What they share. */
  internal: Record<string, unknown>;
  /** Set, it ends the run. */
  earlyResponse?: unknown;
}
type Hook = "before" | "after" | "onError";

/** A middleware of Middy, by what this layer asks of it. */
export interface MiddyMiddleware<in Request = never> {
  readonly before?: ((request: Request) => unknown) | undefined;
  readonly after?: ((request: Request) => unknown) | undefined;
  readonly onError?: ((request: Request) => unknown) | undefined;
}

/** Runs them around `work` as Middy does; what the function is to reply with is then the request's response. */
export async function runMiddlewares(list: readonly MiddyMiddleware[], request: MiddyRequest, work: () => Promise<unknown>): Promise<void> {
  const backwards = list.toReversed();
  try {
    if (await run(list, "before", request)) return;
    request.response = await work();
    await run(backwards, "after", request);
  } catch (error) {
    request.response = undefined;
    delete request.earlyResponse;
    request.error = error;
    try {
      await run(backwards, "onError", request);
    } catch (later) {
      if (later !== error && later instanceof Error) later.cause ??= error;
      throw later;
    }
    // Nobody made a response of it. A middleware may have put another error in its place.
    if (request.response === undefined) throw request.error;
  }
}

/** Runs one hook of each, and says whether one of them has answered. */
async function run(list: readonly MiddyMiddleware[], hook: Hook, request: MiddyRequest): Promise<boolean> {
  for (const middleware of list) {
    const answered = await (middleware[hook] as ((request: MiddyRequest) => unknown) | undefined)?.(request);
    if (answered !== undefined) request.earlyResponse = answered;
    // By the member and not by its value: they may answer with nothing.
    if ("earlyResponse" in request) {
      request.response = request.earlyResponse;
      return true;
    }
  }
  return false;
}
