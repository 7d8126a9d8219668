import type { EdgeCase } from "./edge-case.ts";

const NO_STAGES = "it has no stages";
const noStages = {
  "function URL": NO_STAGES,
  "ALB, single values": NO_STAGES,
  "ALB, multi values": NO_STAGES,
  "Lattice 1": NO_STAGES,
  "Lattice 2": NO_STAGES,
};
/** The stage `prod`, as an HTTP API puts it in front of the path, and a REST API does not. */
const inProd = (event: Record<string, unknown>): unknown => {
  const requestContext = { ...(event["requestContext"] as object), stage: "prod" };
  if ("rawPath" in event) return { ...event, rawPath: `/prod${String(event["rawPath"])}`, requestContext };
  const path = `/prod${String(event["path"])}`;
  return { ...event, ...("version" in event && { path }), requestContext: { ...requestContext, path } };
};

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
    name: "has the stage in front of the path, where the service puts it there",
    request: { path: "/orders", query: "a=1" },
    change: inProd,
    picture: { path: "/prod/orders", target: "/prod/orders?a=1" },
    but: { "REST API": { path: "/orders", target: "/orders?a=1" } },
    not: noStages,
  },
  {
    name: "has no stage in front of the path, where it is told to strip it",
    request: { path: "/orders", query: "a=1" },
    stripStage: true,
    change: inProd,
    picture: { path: "/orders", target: "/orders?a=1" },
    not: noStages,
  },
  {
    name: "strips nothing of a path that begins as the stage does",
    request: { path: "/products" },
    stripStage: true,
    change: (event) => ({ ...event, requestContext: { ...(event["requestContext"] as object), stage: "prod" } }),
    picture: { path: "/products", target: "/products" },
    not: noStages,
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
