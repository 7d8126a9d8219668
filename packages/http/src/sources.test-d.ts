import { dispatch, type ItemOf, type Lambda, text, wrap } from "@lamella/core";
import type {
  ALBHandler,
  APIGatewayProxyHandler,
  APIGatewayProxyWithCognitoAuthorizerHandler,
  LambdaFunctionURLHandler,
  LambdaFunctionURLHandlerWithIAMAuthorizer,
} from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import { cors, type Log, logger, once } from "../test/stand-ins.ts";
import {
  type ALBEvent,
  type ALBResult,
  type APIGatewayProxyEvent,
  type APIGatewayProxyResult,
  type APIGatewayProxyStructuredResultV2,
  type Auth,
  alb,
  type CognitoAuth,
  functionUrl,
  type HttpEvent,
  type HttpRequest,
  type HttpResult,
  http,
  httpApi,
  httpLayer,
  type IamAuth,
  type JwtAuth,
  type LambdaAuth,
  type LambdaFunctionURLEvent,
  type LatticeEvent,
  type LatticeResult,
  lattice,
  type NamedValues,
  restApi,
  type Values,
} from "./index.ts";

const Order = z.object({ id: z.string(), quantity: z.int() });
const Created = z.object({ id: z.string() });

// What Lambda gets, and what it gives.

const rest = wrap(restApi(), async ({ raw }) => {
  same<typeof raw, APIGatewayProxyEvent>();
});
same<typeof rest, Lambda<APIGatewayProxyEvent, APIGatewayProxyResult>>();
const url = wrap(functionUrl(), async ({ raw }) => {
  same<typeof raw, LambdaFunctionURLEvent>();
});
same<typeof url, Lambda<LambdaFunctionURLEvent, APIGatewayProxyStructuredResultV2>>();
const balanced = wrap(alb(), async ({ raw }) => {
  same<typeof raw, ALBEvent>();
});
same<typeof balanced, Lambda<ALBEvent, ALBResult>>();
const latticed = wrap(lattice(), async ({ raw }) => {
  same<typeof raw, LatticeEvent>();
});
same<typeof latticed, Lambda<LatticeEvent, LatticeResult>>();
const any = wrap(http(), async ({ raw }) => {
  same<typeof raw, HttpEvent>();
});
same<typeof any, Lambda<HttpEvent, HttpResult>>();

export const awsRest: APIGatewayProxyHandler = rest;
export const awsCognito: APIGatewayProxyWithCognitoAuthorizerHandler = rest;
export const awsUrl: LambdaFunctionURLHandler = url;
export const awsUrlIam: LambdaFunctionURLHandlerWithIAMAuthorizer = url;
export const awsAlb: ALBHandler = balanced;
export const several = dispatch(rest, url, balanced, latticed);

// What a handler gets is the same of all of them.

export const everyPart = wrap(
  alb({
    body: Order,
    query: z.object({ tag: z.array(z.string()) }),
    params: z.object({ id: z.coerce.number() }),
    headers: z.object({ "x-version": z.string() }),
    cookies: z.object({ visits: z.coerce.number() }),
    response: { 201: Created },
  }),
  cors(),
  logger(),
  once({ key: ({ body }) => body.id }),
  async ({ body, query, params, headers, cookies, reply, toRequest }, { log }) => {
    same<typeof query.tag, string[]>();
    same<typeof params.id, number>();
    same<typeof cookies.visits, number>();
    same<typeof toRequest, () => Request>();
    log.info(headers["x-version"]);
    return reply(201, { id: body.id });
  },
);
// And all of them take every schema.
const declared = {
  body: Order,
  query: z.object({ tag: z.array(z.string()) }),
  params: z.object({ id: z.coerce.number() }),
  headers: z.object({ "x-version": z.string() }),
  cookies: z.object({ visits: z.coerce.number() }),
  response: { 201: Created },
};
const byRest = restApi(declared);
const byHttpApi = httpApi(declared);
const byUrl = functionUrl(declared);
const byAlb = alb(declared);
const byLattice = lattice(declared);
const byAny = http(declared);
type Parts<S> = Pick<ItemOf<S>, ("body" | "query" | "params" | "cookies" | "reply" | "headers" | "bytes" | "toRequest") & keyof ItemOf<S>>;
same<Parts<typeof byRest>, Parts<typeof byHttpApi>>();
same<Parts<typeof byRest>, Parts<typeof byUrl>>();
same<Parts<typeof byRest>, Parts<typeof byAlb>>();
same<Parts<typeof byRest>, Parts<typeof byLattice>>();
same<Parts<typeof byRest>, Parts<typeof byAny>>();
same<ItemOf<typeof byRest>["body"], z.output<typeof Order>>();
same<ItemOf<typeof byRest>["headers"], Headers & { "x-version": string }>();

const bare = lattice();
same<ItemOf<typeof bare>["cookies"], Values>();
same<ItemOf<typeof bare>["query"], Values>();
same<ItemOf<typeof bare>["body"], undefined>();
// A layer for any request reads cookies without knowing their schema.
export const session = httpLayer("session", async ({ cookies, auth, toRequest }, _ctx, next) => {
  same<typeof cookies, NamedValues>();
  same<typeof auth, Auth | undefined>();
  return next({ session: cookies["session"] ?? toRequest().url });
});
export const behind = wrap(restApi({ cookies: z.object({ session: z.string() }) }), session, async ({ cookies }) => cookies.session.trim());

// Who the client is depends on the service.

export const ofHttpApi = wrap(httpApi(), async ({ auth }) => {
  same<typeof auth, JwtAuth | IamAuth | LambdaAuth | undefined>();
  return auth?.kind === "jwt" ? auth.claims["sub"] : auth?.kind === "lambda" ? auth.context["tenant"] : auth?.userArn;
});
export const ofRestApi = wrap(restApi(), async ({ auth }) => {
  same<typeof auth, Auth | undefined>();
  if (auth?.kind === "cognito") same<typeof auth, CognitoAuth>();
});
export const ofUrl = wrap(functionUrl(), async ({ auth }) => {
  same<typeof auth, IamAuth | undefined>();
});
export const ofAlb = wrap(alb(), async ({ auth }) => {
  same<typeof auth, undefined>();
});
export const ofLattice = wrap(lattice(), async ({ auth }) => {
  same<typeof auth, IamAuth | undefined>();
});
export const ofAny = wrap(http(), async ({ auth }) => {
  same<typeof auth, Auth | undefined>();
});

// What is refused.

export const noUserPool = wrap(httpApi(), async ({ auth }) => {
  // @ts-expect-error 2367: an HTTP API has no Cognito authorizer
  return auth?.kind === "cognito";
});
export const claimsOfUrl = wrap(functionUrl(), async ({ auth }) => {
  // @ts-expect-error 2339: a function URL knows signatures and no claims
  return auth?.claims;
});
// @ts-expect-error 2353: a load balancer has no stages
alb({ stripStage: true });
// @ts-expect-error 2353: a function URL has no stages
functionUrl({ stripStage: true });
// @ts-expect-error 2353: VPC Lattice has no stages
lattice({ stripStage: true });
// @ts-expect-error 2322: a stage is stripped, or is not
restApi({ stripStage: "prod" });
// @ts-expect-error 2741: cookies are no text for a codec
http({ cookies: text() });
// @ts-expect-error 2322: a schema of the cookies gives an object
alb({ cookies: z.string() });
export const noCookie = wrap(restApi({ cookies: z.object({ session: z.string() }) }), async ({ cookies }) => {
  // @ts-expect-error 2339: the schema has no theme
  return cookies.theme;
});
// @ts-expect-error 2322: id is text
export const wrongReply = wrap(lattice({ response: Created }), async () => ({ id: 5 }));
export const undeclared = wrap(alb({ response: { 201: Created } }), async ({ reply }) => {
  // @ts-expect-error 2345: 202 is not declared
  return reply(202, { id: "1" });
});
// @ts-expect-error 2322: a load balancer sends other events than an HTTP API
export const otherHandler: ALBHandler = wrap(httpApi(), async () => {});
export const needsLog = wrap(
  alb(),
  // @ts-expect-error 2345: nothing adds ctx.log
  httpLayer("audited", async (_request: HttpRequest, { log }: { readonly log: Log }, next) => {
    log.info("x");
    return next();
  }),
  async () => {},
);
