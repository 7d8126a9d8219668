import type { ALBResult, APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

type Fields = readonly (readonly [name: string, value: string])[];
type Values = Readonly<Record<string, boolean | number | string>> | undefined;

/**
 * What a client sees of a reply to an HTTP API (payload format 2.0) or a function URL.
 *
 * AWS: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
 *
 * @example
 * const response = httpApiResponse(await handler(httpApiEvent({ path: "/orders/1" }), lambdaContext()));
 * expect(await response.json()).toEqual({ id: "1" });
 */
export function httpApiResponse({ statusCode = 200, headers, cookies = [], ...body }: APIGatewayProxyStructuredResultV2): Response {
  return toResponse(statusCode, [...single(headers), ...cookies.map((cookie) => ["set-cookie", cookie] as const)], body);
}

/**
 * What a client sees of a reply to a REST API, whose binary media types are all, or to an HTTP API with payload format 1.0.
 *
 * AWS: "Lambda proxy integrations in API Gateway".
 *
 * @throws {TypeError} When the reply has a member that API Gateway refuses with a 502, such as `cookies`.
 */
export function restApiResponse({
  statusCode,
  headers,
  multiValueHeaders,
  body,
  isBase64Encoded,
  ...rest
}: APIGatewayProxyResult): Response {
  const unknown = Object.keys(rest);
  if (unknown.length > 0) throw new TypeError(`API Gateway answers 502 to a reply that has ${unknown.join(", ")}`);
  // One list of both maps.
  const lists = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) => values.map((value) => [name, String(value)] as const));
  const names = new Set(lists.map(([name]) => name.toLowerCase()));
  const singles = single(headers).filter(([name]) => !names.has(name.toLowerCase()));
  return toResponse(statusCode, [...singles, ...lists], { body, isBase64Encoded });
}

/**
 * What a client sees of a reply to a load balancer.
 *
 * AWS: "Use Lambda functions as targets of an Application Load Balancer".
 *
 * @param multiValue Whether the target group has multi-value headers on: the load balancer reads one map and not the other.
 */
export function albResponse({ statusCode, headers, multiValueHeaders, ...body }: ALBResult, multiValue = false): Response {
  const fields = multiValue
    ? Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) => values.map((value) => [name, String(value)] as const))
    : single(headers);
  return toResponse(statusCode, fields, body);
}

/** What VPC Lattice is replied. */
export interface LatticeReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[] | undefined;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

/**
 * What a client sees of a reply to VPC Lattice.
 *
 * AWS: "Lambda functions as targets in VPC Lattice".
 */
export function latticeResponse({ statusCode, headers, cookies = [], ...body }: LatticeReply): Response {
  // Names in lower case, so that a later spelling of one overwrites the earlier.
  const last = new Map(single(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return toResponse(statusCode, [...last, ...cookies.map((cookie) => ["set-cookie", cookie] as const)], body);
}

function single(headers: Values): Fields {
  return Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
}

interface Body {
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

function toResponse(status: number, fields: Fields, { body = "", isBase64Encoded }: Body): Response {
  const headers = new Headers();
  for (const [name, value] of fields) headers.append(name, value);
  const bytes = Buffer.from(body, isBase64Encoded === true ? "base64" : "utf8");
  return new Response(bytes.length === 0 || [204, 205, 304].includes(status) ? null : bytes, { status, headers });
}
