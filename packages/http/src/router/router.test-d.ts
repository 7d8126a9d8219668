import { type Base, type ContextOf, type Lambda, layer, layers, needs, wrap } from "@lamella/core";
import { z } from "zod";
import { same } from "../../test/same.ts";
import { cors, type Log, logger, messages, once } from "../../test/stand-ins.ts";
import {
  type APIGatewayProxyEventV2,
  type APIGatewayProxyStructuredResultV2,
  type Auth,
  type HttpRequest,
  httpApi,
  httpLayer,
  type Route,
  restApi,
  route,
  router,
  type Values,
} from "../index.ts";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int() });
type Order = z.output<typeof Order>;
const Created = z.object({ id: z.string(), tags: z.array(z.string()) });
const Trouble = z.object({ title: z.string(), kind: z.enum(["gone", "late"]) });

const user = layer("user", async (_item, { log }: { readonly log: Log }, next) => {
  log.info("who");
  return next({ user: { id: 1 } });
});
const tracer = layer("tracer", async (_item, _ctx, next) => next({ trace: { span: <T>(_name: string, work: () => T) => work() } }));

// What routes get.

export const api = wrap(
  httpApi(),
  cors(),
  logger(),
  router({
    "GET /orders/{id}": async ({ params, body, reply, query, auth, raw, route: pattern }, { log, signal }) => {
      same<typeof body, undefined>();
      same<typeof query, Values>();
      same<typeof auth, Auth | undefined>();
      same<typeof raw, unknown>();
      same<typeof pattern, string | undefined>();
      log.info(params.id, { signal });
      return params.id ? { id: params.id } : reply(404);
    },
    "GET /files/{bucket}/{key+}": ({ params }) => {
      same<typeof params, { readonly bucket: string; readonly key: string }>();
      return { at: params.bucket + params.key };
    },
    "POST /orders": route({ body: Order }, async ({ body }, { log, lambda }) => {
      same<typeof body, Order>();
      log.info(lambda.awsRequestId);
      return { id: body.id };
    }),
    "PUT /orders/{id}": route({ body: Order, response: { 200: Created, 404: Trouble } }, async ({ body, params, reply }, { log }) => {
      log.info(params.id);
      return body.quantity ? { id: params.id, tags: [] } : reply(404, { title: "x", kind: "gone" });
    }),
    "PATCH /orders/{id}": route(
      {
        params: z.object({ id: z.coerce.number() }),
        query: z.object({ page: z.coerce.number() }),
        headers: z.object({ "x-version": z.string() }),
        cookies: z.object({ session: z.string() }),
      },
      async ({ params, query, headers, cookies }) => {
        same<typeof params.id, number>();
        same<typeof query.page, number>();
        same<typeof cookies.session, string>();
        headers["x-version"].trim();
        headers.get("origin");
      },
    ),
    "/tenants/{tenant}": router(user, {
      "GET /users/{id}": async ({ params }, { user: who, log }) => {
        log.info(params.tenant + params.id + who.id.toFixed());
      },
      "POST /users": route({ body: Order }, async ({ body, params }, { user: who }) => params.tenant + body.id + who.id.toFixed()),
      "/deeper/{level}": router({ "GET /x": ({ params }, { user: who }) => params.tenant + params.level + who.id.toFixed() }),
    }),
  }),
);
same<typeof api, Lambda<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>>();

// Routes in other files: `needs` says what the context will hold.
const app = layers(logger(), tracer);
type App = ContextOf<typeof app>;
export const userRoutes = router(needs<App>(), {
  "GET /me": async (_request, { log }) => {
    log.info("me");
  },
  "GET /users/{id}": async ({ params }, { trace }) => trace.span(params.id, () => 1),
  "PUT /users/{id}": route({ body: Order }, async ({ params, body }, { log }) => {
    log.info(params.id + body.id);
  }),
});
export const ordersOnly = router(user, {
  "POST /": route({ body: Order }, async ({ body }, { log, user: who }) => {
    log.info(body.id + who.id.toFixed());
  }),
});
export const split = wrap(httpApi(), app, router({ "/users": userRoutes, "/orders": ordersOnly, "GET /health": () => "ok" }));
export const alone = router({ "GET /health/{probe}": ({ params }, { coldStart }) => params.probe + coldStart });
export const layered = wrap(
  httpApi(),
  router(app, {
    "/v1/{tenant}": router({
      "GET /x": route({ response: Trouble }, async ({ params }, { trace }) =>
        trace.span(params.tenant, () => ({ title: "x", kind: "gone" as const })),
      ),
    }),
  }),
);
export const behindRest = wrap(restApi(), router({ "ANY /{proxy+}": ({ params }) => params.proxy }, { trailingSlash: "strict" }));
// Literals survive in what a route returns.
export const literal = wrap(
  httpApi(),
  router({ "GET /x": route({ response: { 200: Trouble } }, async () => ({ title: "x", kind: "gone" })) }),
);

// A layer before one route.
const admin = httpLayer("admin", async ({ headers }, _ctx, next) => next({ admin: headers.get("x-admin") === "1" }));
export const guarded = wrap(
  httpApi(),
  logger(),
  router({
    "GET /plain": ({ headers }, { log }) => log.info(headers.get("origin") ?? ""),
    "DELETE /orders/{id}": route({}, admin, async ({ params }, { admin: isAdmin, log }) => {
      same<typeof isAdmin, boolean>();
      log.info(params.id);
    }),
    "POST /orders": route({ body: Order }, once({ key: ({ body }) => body.id }), async ({ body }, { log }) => {
      same<typeof body, Order>();
      log.info(body.id);
    }),
    "PUT /orders/{id}": route(
      { body: Order, response: { 201: Created } },
      layers(admin, user),
      async ({ body, reply, params }, { user: who, admin: isAdmin }) =>
        reply(201, { id: body.id + params.id + who.id.toFixed() + String(isAdmin), tags: [] }),
    ),
  }),
);
export const keyed = wrap(
  httpApi(),
  router({
    "PUT /a/{id}": route(
      { params: z.object({ id: z.coerce.number() }) },
      once({ key: ({ params }) => params.id.toFixed() }),
      async () => {},
    ),
    "PUT /b/{id}": route({ query: z.object({ key: z.string() }) }, once({ key: ({ query }) => query.key }), async () => {}),
    // Known limit: before one route a key function knows the path's parameters by a schema alone.
    // @ts-expect-error 18046: "'params' is of type 'unknown'"
    "PUT /c/{id}": route({}, once({ key: ({ params }) => params.id }), async () => {}),
  }),
);
export const standing = route(
  { body: Order, params: z.object({ id: z.string() }) },
  async ({ body, params }, { lambda }) => body.id + params.id + lambda.awsRequestId,
);
same<typeof standing, Route<"id", Base>>();
export const mounted = wrap(httpApi(), router({ "PUT /orders/{id}": standing }));

// What is refused.

export const wrong = wrap(
  httpApi(),
  logger(),
  router({
    "GET /orders/{id}": async ({ params }) => {
      // @ts-expect-error 2339: the path has id
      params.idd;
    },
    // @ts-expect-error 2339: no layer adds a trace
    "POST /orders/{id}": route({ body: Order }, async ({ body }, { trace }) => [body.id, trace]),
    "PUT /orders/{id}": route({ body: Order }, async ({ body }) => {
      // @ts-expect-error 2339: an Order has no nope
      body.nope;
    }),
    // @ts-expect-error 2345: Created needs tags
    "PATCH /orders/{id}": route({ response: Created }, async ({ params }) => {
      return { id: params.id };
    }),
    // @ts-expect-error 2322: the path has no number. "Type '"number"' is not assignable to type '"id"'"
    "DELETE /orders/{id}": route({ params: z.object({ number: z.string() }) }, async () => {}),
  }),
);
export const undeclared = wrap(
  httpApi(),
  router({
    // @ts-expect-error 2345: 202 is not declared
    "POST /a": route({ response: { 201: Created } }, async ({ reply }) => reply(202, { id: "1", tags: [] })),
    // @ts-expect-error 2353: passwordHash would leak
    "POST /b": route({ response: { 201: Created } }, async ({ reply }) => reply(201, { id: "1", tags: [], passwordHash: "x" })),
    // @ts-expect-error 2561: "Did you mean to write 'body'?"
    "POST /c": route({ bdy: Order }, async () => {}),
    // @ts-expect-error 2353: a deadline is the source's
    "POST /d": route({ softMs: 100 }, async () => {}),
  }),
);
// @ts-expect-error 2345: user needs ctx.log, which nothing adds
export const routeLacksLog = wrap(httpApi(), router({ "GET /x": route({}, user, async () => {}) }));
// @ts-expect-error 2345: ctx.log is already there
export const routeLogsTwice = wrap(httpApi(), logger(), router({ "GET /x": route({}, logger(), async () => {}) }));
// @ts-expect-error 2345: ctx.log is already there
export const logsTwice = wrap(httpApi(), logger(), router({ "/x": router(logger(), { "GET /x": async () => {} }) }));
// @ts-expect-error 2322: "…not assignable to type '"'FETCH /x' is neither 'METHOD /path' nor '/prefix'"'"
export const badKey = wrap(httpApi(), router({ "FETCH /x": async () => {} }));
// @ts-expect-error 2322: the routes need a log; reported at "/users"
export const lacksLog = wrap(httpApi(), router({ "/users": userRoutes }));
// @ts-expect-error 2345: a router is for requests
export const onMessages = wrap(messages(), router({ "GET /x": async () => {} }));
// @ts-expect-error 2322: user needs ctx.log, which nothing adds; reported at "/x"
export const nestedLacksLog = wrap(httpApi(), router({ "/x": router(user, { "GET /x": async () => {} }) }));
// @ts-expect-error 2345: responses are the routes' own: a router's cannot be checked against those of the source
export const declaredAround = wrap(httpApi({ response: Created }), router({ "GET /x": async () => ({ id: "1", tags: [] }) }));
// @ts-expect-error 2322: "ignored" is no way to treat a slash
router({ "GET /x": () => 1 }, { trailingSlash: "ignored" });
// @ts-expect-error 2322: under a prefix stands a router
router({ "/x": async (request: HttpRequest) => request.path });
