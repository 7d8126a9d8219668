import type { EdgeCase } from "./edge-case.ts";

/** What a handler sees of events that are not quite what the service sends to its clients' requests. */
export const eventCases: readonly EdgeCase[] = [
  {
    name: "takes null for every map and the body",
    change: (event) => {
      const maps = ["headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters", "pathParameters"];
      const others = ["stageVariables", "cookies", "body", "query_string_parameters", "rawQueryString"];
      return { ...event, ...Object.fromEntries([...maps, ...others].filter((name) => name in event).map((name) => [name, null])) };
    },
    picture: { method: "GET", path: "/", query: [], headers: {}, cookies: {}, body: "" },
  },
  {
    name: "takes an event without its maps and body",
    change: (event) => {
      const kept = new Set(["version", "requestContext", "httpMethod", "path", "rawPath", "raw_path", "method", "resource"]);
      return Object.fromEntries(Object.entries(event).filter(([name]) => kept.has(name)));
    },
    picture: { method: "GET", path: "/", query: [], headers: {}, cookies: {}, body: "" },
  },
  {
    name: "takes a test event of the console, without a request context",
    request: { path: "/orders", query: "a=1" },
    change: (event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== "requestContext")),
    picture: { method: "GET", path: "/orders", query: [["a", "1"]] },
    not: {
      "ALB, single values": "the context is its only mark",
      "ALB, multi values": "the context is its only mark",
      "Lattice 2": "the context is its only mark",
    },
  },
  {
    name: "takes the base path of a mapping as part of the path, and no rawPath for a mark",
    request: { path: "/shop/orders" },
    change: (event) => ({ ...event, rawPath: "/orders", resource: "/orders" }),
    picture: { path: "/shop/orders", target: "/shop/orders" },
    not: {
      "HTTP API 2.0": "it has no path but this",
      "function URL": "it has no path but this",
      "ALB, single values": "it has no such mapping",
      "ALB, multi values": "it has no such mapping",
      "Lattice 1": "it has no such mapping",
      "Lattice 2": "it has no such mapping",
    },
  },
  {
    name: "takes a health check of a load balancer",
    request: { path: "/health" },
    change: (event) => {
      const values = { "user-agent": "ELB-HealthChecker/2.0" };
      if ("multiValueHeaders" in event)
        return { ...event, multiValueHeaders: { "user-agent": [values["user-agent"]] }, multiValueQueryStringParameters: {} };
      return { ...event, headers: values, queryStringParameters: {} };
    },
    picture: { method: "GET", path: "/health", headers: { "user-agent": "ELB-HealthChecker/2.0" }, query: [], body: "" },
    not: {
      "REST API": "only load balancers check",
      "HTTP API 1.0": "only load balancers check",
      "HTTP API 2.0": "only load balancers check",
      "function URL": "only load balancers check",
      "Lattice 1": "only load balancers check",
      "Lattice 2": "only load balancers check",
    },
  },
];
