import { type Lambda, wrap } from "@lamella/core";
import type { CloudFrontRequestHandler, CloudFrontResponseHandler } from "aws-lambda";
import { same } from "../../core/test/same.ts";
import {
  type CloudFrontRequest,
  type CloudFrontRequestEvent,
  type CloudFrontResponseEvent,
  type CloudFrontResultResponse,
  edge,
} from "./edge.ts";

const request = wrap(edge("viewer-request"), async ({ headers, uri, type }) => {
  same<typeof type, "viewer-request">();
  if (headers.get("authorization") === null) return { status: 401, headers: { "www-authenticate": "Basic" } };
  if (uri.endsWith("/")) return { uri: `${uri}index.html` };
  return undefined;
});
same<typeof request, Lambda<CloudFrontRequestEvent, CloudFrontRequest | CloudFrontResultResponse>>();
export const aws1: CloudFrontRequestHandler = request;
const response = wrap(edge("origin-response"), async ({ status, request: asked }) => {
  if (status === 404) return { status: 302, headers: { location: asked.uri.toLowerCase() }, body: "" };
  return { headers: { "x-own": ["1", "2"], server: undefined } };
});
same<typeof response, Lambda<CloudFrontResponseEvent, CloudFrontResultResponse>>();
export const aws2: CloudFrontResponseHandler = response;
wrap(edge("viewer-response"), async () => {});
wrap(edge("origin-request"), async ({ origin }) => ({ origin }));
// @ts-expect-error 2345: no such type
edge("viewer");
// @ts-expect-error 2345: a response to a viewer keeps its status
wrap(edge("viewer-response"), async () => ({ status: 500 }));
// @ts-expect-error 2345: an origin is chosen in an origin's request
wrap(edge("viewer-request"), async ({ origin }) => ({ origin }));
// @ts-expect-error 2322: a status is a number
wrap(edge("viewer-request"), async () => ({ status: "302" }));
// @ts-expect-error 2339: a request has no status
wrap(edge("viewer-request"), async (item) => void item.status);
// @ts-expect-error 2322: a handler of requests is none of responses
export const aws3: CloudFrontResponseHandler = request;
