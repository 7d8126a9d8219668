import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { API, HandlerFunction } from "lambda-api";
import { context, postEvent } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";

type Wrapped = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
type Kind = "get" | "headers" | "cookies" | "binary";

const KINDS: readonly Kind[] = ["get", "headers", "cookies", "binary"];
const IMAGE = new Uint8Array(4_096).map((_byte, index) => (index * 31) % 256);
const BASE64 = Buffer.from(IMAGE).toString("base64");
const COOKIES = ["session=def; Path=/; HttpOnly", "theme=dark; Path=/"];

/** The work, the same functions for all. */
async function find(id: string | undefined): Promise<{ readonly id: string | undefined }> {
  return { id };
}
async function trace(name: string | null | undefined): Promise<{ readonly id: string | null | undefined }> {
  return { id: name };
}

/** A GET as API Gateway sends it: with 20 headers, with cookies, or as it is. */
function eventOf(kind: Kind): APIGatewayProxyEventV2 {
  const { body: _, ...event } = postEvent();
  event.requestContext.http.method = "GET";
  event.rawPath = "/orders/order-1";
  event.pathParameters = { id: "order-1" };
  event.rawQueryString = "page=2&tag=a";
  event.queryStringParameters = { page: "2", tag: "a" };
  if (kind === "headers") for (let count = 11; count <= 20; count++) event.headers[`x-header-${count}`] = `value-${count}`;
  if (kind === "cookies") event.cookies = ["session=order-1", "theme=light", "consent=yes"];
  return event;
}

function isRight(kind: Kind, { statusCode, headers, cookies, body, isBase64Encoded }: APIGatewayProxyStructuredResultV2): boolean {
  if (statusCode !== 200) return false;
  if (kind === "binary") return isBase64Encoded === true && body === BASE64;
  if (kind === "headers") return body === `{"id":"value-20"}` && headers?.["x-reply-10"] === "10";
  // Powertools keeps the last cookie alone; one must be there.
  if (kind === "cookies") return body === `{"id":"order-1"}` && (cookies?.length ?? 0) > 0;
  return body === `{"id":"order-1"}`;
}

function loop(kind: Kind, lambda: Wrapped): Loop {
  const event = eventOf(kind);
  return async (times) => {
    for (let turn = 0; turn < times; turn++) {
      await nextTurn();
      const reply = await lambda({ ...event }, context);
      if (!isRight(kind, reply)) throw new Error(`The reply is ${JSON.stringify(reply).slice(0, 200)}.`);
    }
  };
}

function toCase(name: string, toLambda: (kind: Kind) => Promise<Wrapped>): Case {
  return {
    name,
    open: async () => Object.fromEntries(await Promise.all(KINDS.map(async (kind) => [kind, loop(kind, await toLambda(kind))] as const))),
  };
}

const REPLIED: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [`x-reply-${index + 1}`, String(index + 1)]),
);

function cookieOf({ cookies = [] }: APIGatewayProxyEventV2, name: string): string | undefined {
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** What a handler without a library does; Middy leaves the same to its handlers. */
async function byHand(kind: Kind, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const json = { "content-type": "application/json" };
  if (kind === "binary")
    return {
      statusCode: 200,
      headers: { "content-type": "image/png" },
      body: Buffer.from(IMAGE).toString("base64"),
      isBase64Encoded: true,
    };
  if (kind === "headers")
    return { statusCode: 200, headers: { ...REPLIED, ...json }, body: JSON.stringify(await trace(event.headers["x-header-20"])) };
  if (kind === "cookies")
    return { statusCode: 200, headers: json, cookies: COOKIES, body: JSON.stringify(await find(cookieOf(event, "session"))) };
  return { statusCode: 200, headers: json, body: JSON.stringify(await find(event.pathParameters?.["id"])) };
}

export const group: Group = {
  name: "http-kinds",
  title: "Requests of an HTTP API, payload 2.0",
  baseline: "by hand",
  compares: "times",
  warmUpMs: 500,
  workloads: [
    { name: "get", title: "a JSON GET with a path parameter", empty: emptyTurns },
    { name: "headers", title: "20 headers in, of which one is read, and 10 out", empty: emptyTurns },
    { name: "cookies", title: "3 cookies in, of which one is read, and 2 out", empty: emptyTurns },
    { name: "binary", title: "4 KB of bytes out", empty: emptyTurns },
  ],
  cases: [
    toCase("by hand", async (kind) => (event) => byHand(kind, event)),
    toCase("lamella", async (kind) => {
      const { wrap } = await import("@lamella/core");
      const { httpApi, reply } = await import("@lamella/http");
      if (kind === "binary") return wrap(httpApi(), () => reply(200, IMAGE, { "content-type": "image/png" }));
      if (kind === "headers") return wrap(httpApi(), async ({ headers }) => reply(200, await trace(headers.get("x-header-20")), REPLIED));
      if (kind === "cookies")
        return wrap(httpApi(), async ({ cookies }) => reply(200, await find(cookies["session"]), { "set-cookie": COOKIES }));
      return wrap(httpApi(), async ({ params }) => find(params["id"]));
    }),
    toCase("middy", async (kind) => {
      const { default: middy } = await import("@middy/core");
      return middy((event: APIGatewayProxyEventV2) => byHand(kind, event));
    }),
    toCase("lambda-api", async (kind) => {
      const { default: createApi } = (await import("lambda-api")) as unknown as { readonly default: () => API };
      const api = createApi();
      const onGet: HandlerFunction = async ({ params, headers, cookies }, response) => {
        if (kind === "binary") return response.header("content-type", "image/png").sendFile(Buffer.from(IMAGE));
        if (kind === "headers") {
          for (const [name, value] of Object.entries(REPLIED)) response.header(name, value);
          return trace(headers["x-header-20"]);
        }
        if (kind === "cookies") {
          response.header("set-cookie", COOKIES);
          return find(cookies?.["session"]);
        }
        return find(params["id"]);
      };
      api.get("/orders/:id", onGet);
      return (event, lambda) => api.run(event, lambda);
    }),
    toCase("hono", async (kind) => {
      const { Hono } = await import("hono");
      const { handle } = await import("hono/aws-lambda");
      const { getCookie } = await import("hono/cookie");
      const app = new Hono();
      app.get("/orders/:id", async (c) => {
        if (kind === "binary") return c.body(IMAGE, 200, { "content-type": "image/png" });
        if (kind === "headers") return c.json(await trace(c.req.header("x-header-20")), 200, REPLIED);
        if (kind === "get") return c.json(await find(c.req.param("id")));
        for (const cookie of COOKIES) c.header("set-cookie", cookie, { append: true });
        return c.json(await find(getCookie(c, "session")));
      });
      return handle(app) as unknown as Wrapped;
    }),
    toCase("powertools event-handler", async (kind) => {
      const { Router } = await import("@aws-lambda-powertools/event-handler/http");
      const app = new Router();
      app.get("/orders/:id", async (requestContext) => {
        const { req, params, res } = requestContext;
        if (kind === "binary") {
          requestContext.isBase64Encoded = true;
          return new Response(IMAGE, { headers: { "content-type": "image/png" } });
        }
        if (kind === "headers") {
          for (const [name, value] of Object.entries(REPLIED)) res.headers.set(name, value);
          return trace(req.headers.get("x-header-20")) as never;
        }
        if (kind === "get") return find(params["id"]) as never;
        for (const cookie of COOKIES) res.headers.append("set-cookie", cookie);
        const session = /(?:^|; )session=([^;]*)/.exec(req.headers.get("cookie") ?? "")?.[1];
        return find(session ?? cookieOf(requestContext.event as APIGatewayProxyEventV2, "session")) as never;
      });
      return (event, lambda) => app.resolve(event, lambda);
    }),
  ],
};
