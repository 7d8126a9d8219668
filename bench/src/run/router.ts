import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { API, HandlerFunction } from "lambda-api";
import { context, postEvent } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";

type Wrapped = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** The names of the collections; the one that is asked stands in the middle. */
const collections = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `collection${index}`);
const asked = (count: number): string => `/collection${Math.floor(count / 2)}/order-1`;

/** As API Gateway sends it where the function has all routes. */
function getEvent(path: string): APIGatewayProxyEventV2 {
  const { body: _, ...event } = postEvent();
  const { requestContext } = event;
  const http = { ...requestContext.http, method: "GET", path };
  return { ...event, routeKey: "$default", rawPath: path, requestContext: { ...requestContext, http, routeKey: "$default" } };
}

function loop(lambda: Wrapped, count: number): Loop {
  const event = getEvent(asked(count));
  return async (times) => {
    for (let turn = 0; turn < times; turn++) {
      await nextTurn();
      const { statusCode, body } = await lambda({ ...event }, context);
      if (statusCode !== 200 || body !== `{"id":"order-1"}`) throw new Error(`The reply is ${statusCode} ${body}.`);
    }
  };
}

/** A case by how it makes a handler of a number of routes, `GET /collection0/{id}` and so on. */
function toCase(name: string, toLambda: (names: readonly string[]) => Promise<Wrapped>): Case {
  return {
    name,
    open: async () => ({ one: loop(await toLambda(collections(1)), 1), hundred: loop(await toLambda(collections(100)), 100) }),
  };
}

export const group: Group = {
  name: "router",
  title: "A JSON GET with a parameter in its path, payload 2.0",
  baseline: "by hand",
  compares: "times",
  warmUpMs: 800,
  workloads: [
    { name: "one", title: "1 route, each request from its own turn of the event loop, as on Lambda", empty: emptyTurns },
    { name: "hundred", title: "100 routes", empty: emptyTurns },
  ],
  cases: [
    toCase("by hand", async (names) => {
      const known = new Set(names);
      return async ({ rawPath, requestContext }) => {
        const [, name = "", id] = rawPath.split("/");
        if (requestContext.http.method !== "GET" || !known.has(name) || id === undefined) return { statusCode: 404 };
        return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ id: decodeURIComponent(id) }) };
      };
    }),
    toCase("lamella", async (names) => {
      const { wrap } = await import("@lamella/core");
      const { httpApi, router } = await import("@lamella/http");
      const routes = names.map((name) => [
        `GET /${name}/{id}`,
        async ({ params }: { readonly params: { readonly id: string } }) => ({ id: params.id }),
      ]);
      return wrap(httpApi(), router(Object.fromEntries(routes) as {}));
    }),
    toCase("middy", async (names) => {
      const { default: middy } = await import("@middy/core");
      const { default: httpRouter } = await import("@middy/http-router");
      const onGet = async ({ pathParameters }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
        const body = JSON.stringify({ id: pathParameters?.["id"] });
        return { statusCode: 200, headers: { "content-type": "application/json" }, body };
      };
      const routes = names.map((name) => ({ method: "GET" as const, path: `/${name}/{id}`, handler: onGet }));
      return middy(httpRouter<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(routes));
    }),
    toCase("lambda-api", async (names) => {
      // Its types describe its CommonJS build, in which the function is one level deeper.
      const { default: createApi } = (await import("lambda-api")) as unknown as { readonly default: () => API };
      const api = createApi();
      const onGet: HandlerFunction = async ({ params }) => ({ id: params["id"] });
      for (const name of names) api.get(`/${name}/:id`, onGet);
      return (event, lambda) => api.run(event, lambda);
    }),
    toCase("hono", async (names) => {
      const { Hono } = await import("hono");
      const { handle } = await import("hono/aws-lambda");
      const app = new Hono();
      for (const name of names) app.get(`/${name}/:id`, async (c) => c.json({ id: c.req.param("id") }));
      return handle(app) as unknown as Wrapped;
    }),
    toCase("powertools event-handler", async (names) => {
      const { Router } = await import("@aws-lambda-powertools/event-handler/http");
      const app = new Router();
      for (const name of names) app.get(`/${name}/:id`, async ({ params }) => ({ id: params["id"] ?? "" }));
      return (event, lambda) => app.resolve(event, lambda);
    }),
  ],
};
