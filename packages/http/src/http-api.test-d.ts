import {
  text as asText,
  codec,
  dispatch,
  type HandlerOf,
  type ItemOf,
  json,
  type Kind,
  type Lambda,
  type Source,
  wrap,
} from "@lamella/core";
import { type } from "arktype";
import type { APIGatewayProxyHandlerV2, APIGatewayProxyHandlerV2WithJWTAuthorizer } from "aws-lambda";
import * as v from "valibot";
import { z } from "zod";
import { type IsAny, same } from "../test/same.ts";
import { cors, type Log, logger, messages, once } from "../test/stand-ins.ts";
import {
  type APIGatewayProxyEventV2,
  type APIGatewayProxyStructuredResultV2,
  reply as anyReply,
  type HttpReply,
  httpApi,
  type Values,
} from "./index.ts";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int() });
type Order = z.output<typeof Order>;
const Created = z.object({ id: z.string(), tags: z.array(z.string()) });
const Trouble = z.object({ title: z.string(), kind: z.enum(["gone", "late"]) });

// What a handler gets.

export const bare = wrap(httpApi(), async ({ body, query, params, headers, cookies, url, text, bytes, clientIp, stage, raw }) => {
  same<typeof body, undefined>();
  same<typeof query, Values>();
  same<typeof params, Values>();
  same<typeof headers, Headers & {}>();
  same<typeof cookies, Values>();
  same<typeof url, URL>();
  same<typeof text, () => string>();
  same<typeof bytes, () => Uint8Array>();
  same<typeof clientIp, string | undefined>();
  same<typeof stage, string | undefined>();
  same<typeof raw, APIGatewayProxyEventV2>();
  return { name: query["name"], id: params["id"], origin: headers.get("origin") };
});
same<typeof bare, Lambda<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>>();

export const withKey = wrap(
  httpApi({ body: Order, response: Created }),
  cors(),
  logger(),
  once({ key: ({ body }) => body.id }),
  async ({ body }, { log }) => {
    same<typeof body, Order>();
    log.info(body.id);
    return { id: body.id, tags: [] };
  },
);

export const everyPart = wrap(
  httpApi({
    query: z.object({ page: z.coerce.number() }),
    headers: z.object({ "x-api-version": z.string() }),
    params: z.object({ id: z.coerce.number() }),
  }),
  async ({ query, headers, params }) => {
    same<typeof query.page, number>();
    same<typeof params.id, number>();
    headers["x-api-version"].trim();
    headers.get("origin");
  },
);

export const fromValibot = wrap(httpApi({ body: v.object({ at: v.optional(v.number(), 0) }) }), async ({ body }) => {
  same<typeof body.at, number>();
});
export const fromArktype = wrap(httpApi({ body: type({ "tags?": "string[]" }), response: type({ ok: "boolean" }) }), async ({ body }) => {
  same<typeof body.tags, string[] | undefined>();
  return { ok: true };
});
export const fromCodec = wrap(httpApi({ body: codec((raw) => raw.length) }), async ({ body }) => {
  same<typeof body, number>();
});
export const fromText = wrap(httpApi({ body: asText() }), async ({ body }) => {
  same<typeof body, string>();
});
export const fromJson = wrap(httpApi({ body: json() }), async ({ body }) => {
  same<typeof body, unknown>();
});
export const noAny = wrap(httpApi({ body: Order }), async (request, ctx) => {
  same<IsAny<typeof request | typeof ctx | typeof request.body | typeof request.query | typeof request.raw>, false>();
});
const source = httpApi({ body: Order });
same<ItemOf<typeof source>["body"], Order>();

// What a handler returns.

export const byStatus = wrap(
  httpApi({ body: Order, response: { 201: Created, 204: null, 404: Trouble } }),
  logger(),
  async ({ body, reply }) => {
    if (body.quantity > 3) return reply(404, { title: "none left", kind: "gone" });
    if (body.quantity > 2) return reply(204);
    return reply(201, { id: body.id, tags: ["new"] }, { location: `/orders/${body.id}` });
  },
);
export const plainOrReply = wrap(httpApi({ response: { 200: Created, 404: Trouble } }), async ({ reply }) =>
  Math.random() > 0.5 ? { id: "1", tags: [] } : reply(404, { title: "x", kind: "late" }),
);
// Literals survive in what a handler returns.
export const literal = wrap(httpApi({ response: { 200: Trouble, 404: Trouble } }), async ({ method, reply }) => {
  if (method === "GET") return { title: "x", kind: "gone" };
  return reply(404, { title: "y", kind: "late" });
});
export const otherStatus = wrap(httpApi({ response: Created }), async ({ reply }) =>
  Math.random() > 0.5 ? reply(201, { id: "1", tags: ["x"] }) : reply(409, { anything: true }),
);
export const web = wrap(httpApi(), async () => new Response("hello"));
export const redirect = wrap(httpApi(), async () => anyReply(302, undefined, { location: "/" }));
export const transformed = wrap(httpApi({ response: z.object({ at: z.date().transform((date) => date.toISOString()) }) }), async () => ({
  at: new Date(),
}));
export const synchronous = wrap(httpApi({ response: Created }), () => ({ id: "1", tags: [] }));
// Known limit: TypeScript checks no surplus properties in what an async function returns. `reply` checks them, and
// the schema drops them.
export const surplus = wrap(httpApi({ response: Created }), async () => ({ id: "1", tags: [], passwordHash: "x" }));

// @ts-expect-error 2345: tags is missing. "Property 'tags' is missing in type '{ id: string; }'…"
export const missingTags = wrap(httpApi({ response: Created }), async () => {
  return { id: "1" };
});
export const wrongId = wrap(httpApi({ response: { 201: Created } }), async ({ reply }) =>
  // @ts-expect-error 2322: id is a string; reported at `id`
  reply(201, { id: 1, tags: [] }),
);
export const undeclared = wrap(httpApi({ response: { 201: Created, 404: Trouble } }), async ({ reply }) => {
  // @ts-expect-error 2345: 202 is not declared. "Argument of type '202' is not assignable to parameter of type '201 | 404'"
  return reply(202, { id: "1", tags: [] });
});
export const leaks = wrap(httpApi({ response: { 201: Created } }), async ({ reply }) =>
  // @ts-expect-error 2353: passwordHash would leak; reported at `passwordHash`
  reply(201, { id: "1", tags: [], passwordHash: "x" }),
);
// @ts-expect-error 2322: without a schema for 200 a plain object is no reply
export const noPlain = wrap(httpApi({ response: { 201: Created } }), async () => ({ id: "1", tags: [] }));
// @ts-expect-error 2322: a web Response cannot be checked against the declared schemas
export const noWeb = wrap(httpApi({ response: Created }), async () => new Response("x"));
// @ts-expect-error 2561: "Did you mean to write 'body'?"
export const typo = wrap(httpApi({ bdy: Order, response: Created }), async ({ reply }) => reply(500));
export const noBody = wrap(httpApi({ response: { 404: Trouble } }), async ({ reply }) =>
  // @ts-expect-error 2554: 404 has a schema, so it has a body. "Expected 2-3 arguments, but got 1"
  reply(404),
);
export const bodyOf204 = wrap(httpApi({ response: { 204: null } }), async ({ reply }) =>
  // @ts-expect-error 2345: null declares that there is no body
  reply(204, { id: "1" }),
);
export const headerValues = wrap(httpApi(), async ({ reply }) =>
  // @ts-expect-error 2322: a header value is text, or a list of texts
  reply(200, "x", { "x-count": 1 }),
);
// @ts-expect-error 2769: 5 is neither a schema nor a codec
export const noSchema = wrap(httpApi({ body: 5 }), async () => {});
// @ts-expect-error 2322: a codec reads text, and a query is an object
export const codecForQuery = wrap(httpApi({ query: text() }), async () => {});
export const noField = wrap(httpApi({ body: Order }), async ({ body }) => {
  // @ts-expect-error 2339: an Order has no idd
  return body.idd;
});
export const wrongKey = wrap(
  httpApi({ body: Order }),
  // @ts-expect-error 2339: an Order has no idd
  once({ key: ({ body }) => body.idd }),
  async () => {},
);
export const unread = wrap(httpApi(), async ({ body }) => {
  // @ts-expect-error 2339: without a schema there is no body to read
  return body.id;
});

// A team's own wrap, generic in the source.
type Standard = { readonly log: Log };
function endpoint<K extends Kind>(of: Source<K>, handler: HandlerOf<K, Standard>): Lambda<K["event"], K["reply"]> {
  return wrap(of, logger(), handler);
}
export const byTeam = endpoint(httpApi({ body: Order, response: Trouble }), async ({ body }, { log }) => {
  log.info(body.id);
  return { title: "x", kind: "gone" };
});

// What a handler must return is the source's affair, so a layer cannot change it; a function around the handler can.
declare function paged<Item, Ctx>(
  handler: (item: Item, ctx: Ctx) => Promise<readonly string[]>,
): (item: Item, ctx: Ctx) => Promise<{ id: string; tags: string[] }>;
export const pages = wrap(
  httpApi({ body: Order, response: Created }),
  logger(),
  paged(async ({ body }, { log }) => {
    log.info(body.id);
    return [body.sku];
  }),
);

// `reply` by itself.

same<ReturnType<typeof bareReply>, HttpReply<204, undefined>>();
function bareReply() {
  return anyReply(204);
}
// @ts-expect-error 2345: a status is a number
anyReply("200");

// What AWS's own types accept.

export const aws: APIGatewayProxyHandlerV2 = bare;
export const awsJwt: APIGatewayProxyHandlerV2WithJWTAuthorizer = bare;
const both = dispatch(
  bare,
  wrap(messages(), async () => {}),
);
same<typeof both, Lambda<APIGatewayProxyEventV2 | { Records: [] }, APIGatewayProxyStructuredResultV2 | void>>();
