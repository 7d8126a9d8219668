import { type Lambda, wrap } from "@lamella/core";
import type { APIGatewayAuthorizerHandler, APIGatewayRequestSimpleAuthorizerHandlerV2, APIGatewayTokenAuthorizerHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../test/same.ts";
import { cors, logger } from "../../test/stand-ins.ts";
import {
  type APIGatewayAuthorizerResult,
  type APIGatewayRequestAuthorizerEventV2,
  type AuthorizerEvent,
  allow,
  authorizer,
  deny,
  type SimpleAnswer,
  type Values,
} from "../index.ts";

export const policies = wrap(authorizer(), logger(), async ({ kind, token, request, arn }, { log }) => {
  log.info(arn.apiId);
  if (kind === "token") {
    same<typeof token, string>();
    same<typeof request, undefined>();
    return deny();
  }
  same<typeof token, string | undefined>();
  same<typeof request.query, Values>();
  same<typeof request.body, undefined>();
  return allow({ principalId: "u", context: { tenant: "t", level: 1, admin: true } });
});
same<typeof policies, Lambda<AuthorizerEvent, APIGatewayAuthorizerResult>>();
export const asAws: APIGatewayAuthorizerHandler = policies;
export const asToken: APIGatewayTokenAuthorizerHandler = policies;

export const simple = wrap(authorizer({ simpleResponses: true }), async ({ request, raw }) => {
  same<typeof raw, APIGatewayRequestAuthorizerEventV2>();
  return request.headers.has("x") ? allow({ context: { roles: ["a"] } }) : deny();
});
same<typeof simple, Lambda<APIGatewayRequestAuthorizerEventV2, SimpleAnswer>>();
export const asSimple: APIGatewayRequestSimpleAuthorizerHandlerV2 = simple;

export const bySchema = wrap(
  authorizer({ query: z.object({ page: z.coerce.number() }), cookies: z.object({ session: z.string() }) }),
  async ({ request }) => {
    if (request !== undefined) {
      same<typeof request.query, { page: number }>();
      same<typeof request.cookies, { session: string }>();
      same<typeof request.params, Values>();
      // @ts-expect-error 2339: the schema has no tag
      console.log(request.query.tag);
    }
    return allow();
  },
);
export const simpleBySchema = wrap(
  authorizer({ simpleResponses: true, headers: z.object({ "x-key": z.string() }) }),
  async ({ request }) => (request.headers["x-key"] === "a" ? allow() : deny()),
);
// @ts-expect-error 2353: an authorizer gets no body
authorizer({ body: z.object({}) });

// @ts-expect-error 2345: a policy carries no lists: "Type 'readonly ["a"]' is not assignable to type 'string | number | boolean'"
export const listed = wrap(authorizer(), async () => allow({ context: { roles: ["a"] } }));
// @ts-expect-error 2345: a yes is no answer
export const yes = wrap(authorizer(), async () => true);
// @ts-expect-error 2345: nothing is no answer
export const nothing = wrap(authorizer(), async () => {});
// @ts-expect-error 2353: a refusal has no key of a usage plan
deny({ usageIdentifierKey: "key" });
// @ts-expect-error 2345: cors is for requests
export const withCors = wrap(authorizer(), cors(), async () => deny());
// @ts-expect-error 2339: the token of a REQUEST authorizer may be missing, so its request tells
export const unsure = wrap(authorizer(), async ({ request }) => (request.path ? allow() : deny()));
