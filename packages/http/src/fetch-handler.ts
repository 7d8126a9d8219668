import { type Base, OutputError } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import type { HttpRequest } from "./request/http-request.ts";
import { isWeb } from "./response/from-web-response.ts";

/** An app with a web-standard `fetch`: Hono, h3, Elysia, or one of your own. */
export interface FetchApp {
  // Open in its arguments: each framework has types of its own for them.
  // oxlint-disable-next-line typescript/no-explicit-any -- a parameter of type `unknown` or `never` would fit no framework
  readonly fetch: (request: any, ...rest: any[]) => Response | Promise<Response>;
}

/** What an app's types demand as its bindings (`new Hono<{ Bindings: … }>()`): layers have to add it to the context. */
export type BindingsOf<App extends FetchApp> = Demanded<Parameters<App["fetch"]>[1]>;
// Hono's second parameter takes the bindings or nothing at all: of the union only what has members counts.
type Demanded<Env> = [Only<Env>] extends [never] ? unknown : Only<Env>;
type Only<Env> = Env extends object ? ({} extends Env ? never : Env) : never;

/** The third argument of `fetch`, as Hono knows it from other platforms. */
interface ExecutionContext {
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly passThroughOnException: () => void;
  readonly props: {};
}

export interface FetchOptions {
  /**
   * What stands in front of the app's own paths, such as `/shop` of a custom domain or of a route `ANY /shop/{path+}`: the
   * app is asked without it. @default nothing
   */
  readonly basePath?: string | undefined;
}

/**
 * The handler that has an app with a web-standard `fetch` answer the requests. The app gets a web `Request` whose `signal`
 * is aborted near the deadline, and the context as its bindings: `c.env.log` in Hono, `event.context.log` in h3. What it
 * hands to `waitUntil` is awaited before the reply, because Lambda runs nothing after it.
 *
 * @throws {TypeError} At load, when `app` has no `fetch`, or `basePath` is no path.
 * @example
 * export const handler = wrap(httpApi(), logger(), fetchHandler(app));
 */
export function fetchHandler<App extends FetchApp>(
  app: App,
  { basePath }: FetchOptions = {},
): (request: HttpRequest, ctx: Base & BindingsOf<App>) => Promise<Response> {
  const given = app as Partial<FetchApp> | null | undefined;
  mustBe(typeof given?.fetch === "function", "fetchHandler(app)", "an app with a fetch method", app);
  const isPath = basePath === undefined || (typeof basePath === "string" && /^(\/[^/?#]+)+$/.test(basePath));
  mustBe(isPath, "fetchHandler(app, { basePath })", "a path such as /shop, without a slash at its end", basePath);
  return async (item, ctx) => {
    const pending: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>): void => {
      pending.push(work);
      // Awaited later: until then its failure must not end the process.
      work.catch(() => {});
    };
    const execution: ExecutionContext = { waitUntil, passThroughOnException: () => {}, props: {} };
    const request = new Request(within(item.toRequest(), basePath), { signal: ctx.signal });
    // Where h3 and srvx look. A copy, because they write to it.
    Object.assign(request, { ip: item.clientIp, context: Object.assign({}, ctx), waitUntil });
    const response = await app.fetch(request, ctx, execution);
    if (!isWeb(response, "Response")) throw new OutputError({ part: "response", problem: "of the app's fetch is no Response" });
    for (const { status, reason } of (await Promise.allSettled(pending)) as Partial<PromiseRejectedResult>[]) {
      // The client gets its reply all the same: it is not the client's work that failed.
      if (status === "rejected") console.error("[lamella] fetchHandler: what was handed to waitUntil failed:", reason);
    }
    return response;
  };
}

/** The request as it is below the base path. */
function within(request: Request, basePath: string | undefined): Request {
  const url = new URL(request.url);
  if (basePath === undefined || !`${url.pathname}/`.startsWith(`${basePath}/`)) return request;
  // A setter, which takes no part of the path for a host.
  url.pathname = url.pathname.slice(basePath.length);
  return new Request(url, request);
}
