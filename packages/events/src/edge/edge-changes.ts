import type { CloudFrontRequest, CloudFrontResponse, CloudFrontResultResponse } from "aws-lambda";
import { checkSize, checkStatus, checkUri, type EdgeEventType, refusal, toBody, withHeaders } from "./edge-limits.ts";
import type { EdgeReply, OriginRequestChange, OriginResponseChange } from "./edge-types.ts";

/**
 * The response that a handler made.
 *
 * @throws {OutputError} When CloudFront would refuse it.
 */
export function makeResponse(type: EdgeEventType, { status, statusDescription, headers = {}, body }: EdgeReply): CloudFrontResultResponse {
  const made = withHeaders(type, undefined, headers);
  checkStatus(status, body !== undefined);
  checkSize(type, "response", body ?? "", made);
  return {
    status: String(status),
    ...(statusDescription !== undefined && { statusDescription }),
    headers: made,
    ...(body !== undefined && bodyOf(body)),
  };
}

/**
 * The request with what the handler changed of it.
 *
 * @throws {OutputError} When CloudFront would refuse it.
 */
export function changeRequest(type: EdgeEventType, request: CloudFrontRequest, change: OriginRequestChange): CloudFrontRequest {
  const { uri = request.uri, headers, body, origin } = change;
  const querystring = change.querystring === undefined ? request.querystring : String(change.querystring);
  if (change.uri !== undefined || change.querystring !== undefined) checkUri(uri, querystring ?? "");
  if (body !== undefined) {
    checkSize(type, "body", body);
    if (request.body === undefined) throw refusal("body", "replaces one that CloudFront did not send; turn Include body on");
  }
  return {
    ...request,
    uri,
    querystring,
    headers: headers === undefined ? request.headers : withHeaders(type, request.headers ?? {}, headers),
    ...(origin !== undefined && { origin }),
    ...(body !== undefined && request.body !== undefined && { body: { ...request.body, action: "replace", ...toBody(body) } }),
  };
}

/**
 * The response with what the handler changed of it.
 *
 * @throws {OutputError} When CloudFront would refuse it.
 */
export function changeResponse(type: EdgeEventType, response: CloudFrontResponse, change: OriginResponseChange): CloudFrontResultResponse {
  const { status, statusDescription, headers, body } = change;
  if (type === "viewer-response" && (status !== undefined || body !== undefined))
    throw refusal("response", "has a status or a body, which a viewer-response event cannot change");
  if (status !== undefined) checkStatus(status, body !== undefined);
  if (body !== undefined) checkSize(type, "body", body);
  return {
    ...response,
    ...(status !== undefined && { status: String(status), statusDescription: statusDescription ?? "" }),
    headers: headers === undefined ? response.headers : withHeaders(type, response.headers ?? {}, headers),
    ...(body !== undefined && bodyOf(body)),
  };
}

function bodyOf(body: string | Uint8Array): { readonly body: string; readonly bodyEncoding: "base64" | "text" } {
  const { data, encoding } = toBody(body);
  return { body: data, bodyEncoding: encoding };
}
