import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import type { MiddlewareObj } from "@middy/core";
import httpCors from "@middy/http-cors";
import jsonBodyParser from "@middy/http-json-body-parser";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { same } from "../../test/same.ts";
import { wrap } from "../index.ts";
import { type MiddyRequest, middy } from "./index.ts";

declare const ofRequests: MiddlewareObj<APIGatewayProxyEventV2, { statusCode: number }>;

export const published = wrap(httpApi(), middy([httpCors(), jsonBodyParser()]), async ({ path }) => path);
export const typed = wrap(httpApi(), middy(ofRequests), async ({ path }) => path);
export const named = wrap(sqs(), middy(ofRequests, { as: "legacy" }), async (_message, { legacy }) => {
  same<typeof legacy, MiddyRequest>();
});
export const twice = wrap(sqs(), middy(ofRequests, { as: "first" }), middy(ofRequests), async (_message, ctx) => ctx.first.internal);

// @ts-expect-error nothing is added without a name for it
wrap(sqs(), middy(ofRequests), async (_message, { legacy }) => legacy);
// @ts-expect-error a middleware that was not called
middy(httpCors);
// @ts-expect-error `ctx.lambda` is a base member
wrap(sqs(), middy(ofRequests, { as: "lambda" }), async () => {});
