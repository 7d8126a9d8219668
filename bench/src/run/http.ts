import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { API, HandlerFunction } from "lambda-api";
import { Created, context, Order, postEvent } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";

type Wrapped = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** The work, the same function for all. */
async function create(order: Order): Promise<Created> {
  return { id: order.id };
}
type Created = { readonly id: string };

function loop(lambda: Wrapped): Loop {
  const event = postEvent();
  return async (times) => {
    for (let turn = 0; turn < times; turn++) {
      await nextTurn();
      // A copy for each: Middy's parser puts what it parsed into the event.
      const { statusCode, body } = await lambda({ ...event }, context);
      if (statusCode !== 200 || body !== `{"id":"order-1"}`) throw new Error(`The reply is ${statusCode} ${body}.`);
    }
  };
}

function toCase(name: string, toLambda: () => Promise<Wrapped>): Case {
  return { name, open: async () => ({ post: loop(await toLambda()) }) };
}

function ok(body: unknown): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

export const group: Group = {
  name: "http",
  title: "A JSON POST with a Zod schema, payload 2.0",
  baseline: "by hand",
  compares: "times",
  warmUpMs: 800,
  workloads: [{ name: "post", title: "each request from its own turn of the event loop, as on Lambda", empty: emptyTurns }],
  cases: [
    toCase("by hand", async () => async ({ body }) => {
      try {
        return ok(await create(Order.parse(JSON.parse(body ?? ""))));
      } catch {
        return { statusCode: 400 };
      }
    }),
    toCase("lamella", async () => {
      const { wrap } = await import("@lamella/core");
      const { httpApi } = await import("@lamella/http");
      return wrap(httpApi({ body: Order }), ({ body }) => create(body));
    }),
    toCase("lamella, response schema", async () => {
      const { wrap } = await import("@lamella/core");
      const { httpApi } = await import("@lamella/http");
      return wrap(httpApi({ body: Order, response: Created }), ({ body }) => create(body));
    }),
    toCase("middy", async () => {
      const { default: middy } = await import("@middy/core");
      const { default: jsonBody } = await import("@middy/http-json-body-parser");
      const handler = async ({ body }: { readonly body: unknown }) => ok(await create(Order.parse(body)));
      return middy(handler).use(jsonBody() as never);
    }),
    toCase("lambda-api", async () => {
      // Its types describe its CommonJS build, in which the function is one level deeper.
      const { default: createApi } = (await import("lambda-api")) as unknown as { readonly default: () => API };
      const api = createApi();
      const onPost: HandlerFunction = (request) => create(Order.parse(request.body));
      api.post("/orders", onPost);
      return (event, lambda) => api.run(event, lambda);
    }),
    toCase("hono", async () => {
      const { Hono } = await import("hono");
      const { handle } = await import("hono/aws-lambda");
      const app = new Hono();
      app.post("/orders", async (c) => c.json(await create(Order.parse(await c.req.json()))));
      return handle(app) as unknown as Wrapped;
    }),
    toCase("powertools event-handler", async () => {
      const { Router } = await import("@aws-lambda-powertools/event-handler/http");
      const app = new Router();
      app.post("/orders", ({ valid }) => create(valid.req.body) as never, { validation: { req: { body: Order } } });
      return (event, lambda) => app.resolve(event, lambda);
    }),
  ],
};
