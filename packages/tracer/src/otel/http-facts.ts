import type { Attributes } from "@opentelemetry/api";
import { type Carrier, toCarrier } from "./carriers.ts";
import { at, lastPart, textAt } from "./fields.ts";
import { safely } from "./safely.ts";

const METHODS = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"]);

/** What is known of a request before it is opened. */
export interface HttpFacts {
  /** The method as it stands in the name of a span. */
  readonly method: string;
  /** What the service has matched, such as `/orders/{id}`. */
  readonly route: string | undefined;
  readonly headers: Carrier;
  readonly attributes: Attributes;
}

/**
 * Reads a request's event, of any service, and nothing that may be secret: neither the query nor the body.
 *
 * OpenTelemetry: "Semantic conventions for HTTP spans".
 */
export function httpFacts(event: unknown): HttpFacts {
  const context = at(event, "requestContext");
  // Some services give a list for each name, of which the last is the nearest.
  const headers = toCarrier(at(event, "headers") ?? at(event, "multiValueHeaders"), (value) =>
    Array.isArray(value) ? value.at(-1) : value,
  );
  const original = textAt(event, "httpMethod") ?? textAt(context, "http", "method") ?? textAt(event, "method") ?? "GET";
  const isKnown = METHODS.has(original);
  const route = routeOf(event);
  const path = (textAt(event, "rawPath") ?? textAt(event, "path") ?? textAt(event, "raw_path"))?.split("?", 1)[0];
  const protocol = textAt(context, "protocol") ?? textAt(context, "http", "protocol");
  return {
    method: isKnown ? original : "HTTP",
    route,
    headers,
    attributes: {
      "http.request.method": isKnown ? original : "_OTHER",
      "http.request.method_original": isKnown ? undefined : original,
      "http.route": route,
      "url.path": path,
      "url.scheme": headers["x-forwarded-proto"] === "http" ? "http" : "https",
      "server.address": textAt(context, "domainName") ?? headers["host"]?.replace(/:\d+$/, ""),
      // The last is the one that the service has seen itself; those before it anybody may have made up.
      "client.address":
        textAt(context, "http", "sourceIp") ?? textAt(context, "identity", "sourceIp") ?? lastPart(headers["x-forwarded-for"], ",")?.trim(),
      "network.protocol.version": protocol?.split("/")[1],
      "user_agent.original": headers["user-agent"],
    },
  };
}

/** The resource of a REST API, or the route of an HTTP API, where it is not the one that takes everything. */
function routeOf(event: unknown): string | undefined {
  const route = textAt(event, "resource") ?? textAt(event, "routeKey")?.split(" ")[1];
  return route?.startsWith("/") && route !== "/{proxy+}" ? route : undefined;
}

/** What the span of a request is called. */
export function requestName(method: string, route: string | undefined): string {
  return route === undefined ? method : `${method} ${route}`;
}

/** The status of a reply as the service gets it. */
export function statusOf(reply: unknown): number | undefined {
  const status = at(reply, "statusCode");
  return typeof status === "number" ? status : undefined;
}

/** The status that a source gives an error. */
export function statusOfError(error: unknown): number {
  const status = safely(() => at(error, "status"));
  return typeof status === "number" ? status : 500;
}
