import { OutputError } from "@lamella/core";
import type { CloudFrontHeaders } from "aws-lambda";

/** The four moments at which CloudFront calls a function. */
export type EdgeEventType = "origin-request" | "origin-response" | "viewer-request" | "viewer-response";

/** What a handler sets: a value or several, or `undefined` to remove the header. */
export type HeaderChanges = Readonly<Record<string, string | readonly string[] | undefined>>;

// CloudFront answers the viewer with a 502 where one of these rules is broken, and the function never hears of it.
// AWS: "Restrictions on all edge functions".
const forbidden = new Set(
  `connection expect keep-alive proxy-authenticate proxy-authorization proxy-connection trailer upgrade x-accel-buffering
  x-accel-charset x-accel-limit-rate x-accel-redirect x-amzn-auth x-amzn-cf-billing x-amzn-cf-id x-amzn-cf-xff
  x-amzn-errortype x-amzn-fle-profile x-amzn-header-count x-amzn-header-order x-amzn-lambda-integration-tag
  x-amzn-requestid x-cache x-forwarded-proto x-real-ip`.split(/\s+/),
);

const readOnly: Readonly<Record<EdgeEventType, ReadonlySet<string>>> = {
  "viewer-request": new Set(["content-length", "host", "transfer-encoding", "via"]),
  "origin-request": new Set([
    "accept-encoding",
    "content-length",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "transfer-encoding",
    "via",
  ]),
  "origin-response": new Set(["transfer-encoding", "via"]),
  "viewer-response": new Set(["warning", "via"]),
};

/** How large a body may be that a function puts in, and a response that it makes, with its headers, in bytes. */
const maxBytes: Readonly<Record<EdgeEventType, number>> = {
  "viewer-request": 40 * 1_024,
  "viewer-response": 40 * 1_024,
  "origin-request": 1_024 * 1_024,
  "origin-response": 1_024 * 1_024,
};

const MAX_URI = 8_192;

/**
 * The headers with what the handler changed of them.
 *
 * @param known The headers of the event; none for a response that the handler makes.
 * @throws {OutputError} When a header may not be set there.
 */
export function withHeaders(type: EdgeEventType, known: CloudFrontHeaders | undefined, changes: HeaderChanges): CloudFrontHeaders {
  const headers: CloudFrontHeaders = { ...known };
  for (const [key, value] of Object.entries(changes)) {
    const name = key.toLowerCase();
    const values = value === undefined ? undefined : [value].flat();
    if (forbidden.has(name) || name.startsWith("x-amz-cf-") || name.startsWith("x-edge-"))
      throw refusal("header", `"${name}" may not be set at the edge`);
    // A response that is made anew has no read-only headers yet.
    if (known !== undefined && readOnly[type].has(name) && !isSame(known[name], values))
      throw refusal("header", `"${name}" is read-only in a ${type} event`);
    if (values === undefined) delete headers[name];
    else headers[name] = values.map((one) => ({ key, value: one }));
  }
  return headers;
}

function isSame(known: CloudFrontHeaders[string] | undefined, values: readonly string[] | undefined): boolean {
  return JSON.stringify(Array.isArray(known) ? known.map((one) => one?.value) : undefined) === JSON.stringify(values);
}

/**
 * @throws {OutputError} When a path or a query is not what CloudFront takes.
 */
export function checkUri(uri: string, querystring: string): void {
  if (!uri.startsWith("/")) throw refusal("uri", "does not start with a slash");
  // Spaces, control characters and fragments, which CloudFront refuses in a query.
  if (/[\s\p{Cc}#]/u.test(querystring)) throw refusal("querystring", "has spaces, control characters or a #; encode them");
  const length = uri.length + querystring.length;
  if (length >= MAX_URI) throw refusal("uri", `has ${length} characters with its query, where CloudFront takes less than ${MAX_URI}`);
}

/** The body for an event, in its encoding. */
export function toBody(body: string | Uint8Array): { readonly encoding: "base64" | "text"; readonly data: string } {
  if (typeof body === "string") return { encoding: "text", data: body };
  return { encoding: "base64", data: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64") };
}

/**
 * @throws {OutputError} When a body, with the headers of a response that the handler makes, is too large.
 */
export function checkSize(type: EdgeEventType, part: string, body: string | Uint8Array, headers: CloudFrontHeaders = {}): void {
  let bytes = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  for (const [name, values] of Object.entries(headers)) {
    // A name, a colon, a space, a value, a line's end.
    for (const { value } of values) bytes += name.length + Buffer.byteLength(value) + 4;
  }
  if (bytes > maxBytes[type]) throw refusal(part, `has ${bytes} bytes, where CloudFront takes ${maxBytes[type]} in a ${type} event`);
}

/**
 * @throws {OutputError} When it is no status of a response, or one that has no body has one.
 */
export function checkStatus(status: number, hasBody: boolean): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) throw refusal("status", "is no whole number from 200 to 599");
  if (status === 204 && hasBody) throw refusal("body", "is not allowed with status 204");
}

/** What the handler returned, and why CloudFront would refuse it. */
export function refusal(part: string, problem: string): OutputError {
  return new OutputError({ part, problem });
}
