import { direct, wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { header, PARENT, TRACE, tracedContext } from "../test/x-ray.ts";
import type { Trace } from "./trace.ts";
import { tracer } from "./tracer.ts";

/** Whether anything has loaded the X-Ray SDK: it keeps its contexts there. */
const isLoaded = (): boolean => (process as { readonly namespaces?: object }).namespaces !== undefined;

const use = async (_event: unknown, { trace }: { readonly trace: Trace }) => {
  trace.annotate("key", "value");
  return { id: trace.id, headers: trace.headers(), result: await trace.span("work", async () => trace.span("inner", () => 42)) };
};

beforeEach(() => {
  vi.stubEnv("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs24.x");
  vi.stubEnv("LAMBDA_TASK_ROOT", "/var/task");
  vi.stubEnv("_X_AMZN_TRACE_ID", undefined);
});

describe("where nothing is recorded", () => {
  it.for([
    {
      where: "the trace is not sampled",
      given: `Root=${TRACE};Parent=${PARENT};Sampled=0`,
      headers: { "X-Amzn-Trace-Id": `Root=${TRACE};Parent=${PARENT};Sampled=0` },
    },
    {
      where: "Lambda only passes the trace on",
      given: `Root=${TRACE};Lineage=a87bd80c:1`,
      headers: { "X-Amzn-Trace-Id": `Root=${TRACE};Lineage=a87bd80c:1` },
    },
    { where: "the sampling is left open", given: `Root=${TRACE};Parent=${PARENT};Sampled=?`, headers: expect.anything() },
    { where: "there is no parent", given: `Root=${TRACE};Sampled=1`, headers: { "X-Amzn-Trace-Id": `Root=${TRACE}` } },
  ])("ctx.trace knows the trace and hands it on, and the SDK is not loaded: $where", async ({ given, headers }) => {
    const handler = wrap(direct(), tracer(), use);

    expect(await handler({}, lambdaContext({ xRayTraceId: given }))).toEqual({ id: TRACE, headers, result: 42 });
    expect(isLoaded()).toBe(false);
  });

  it.for([
    { where: "there is no trace", given: undefined },
    { where: "the header is empty", given: "" },
    { where: "the header is malformed", given: "Root;=;;;Parent=" },
    { where: "the root is no id", given: `Root=1-2-3;Parent=${PARENT};Sampled=1` },
    { where: "the header tries to change what objects are", given: "__proto__=1;Sampled=1" },
  ])("ctx.trace does its work without one: $where", async ({ given }) => {
    const handler = wrap(direct(), tracer(), use);

    expect(await handler({}, lambdaContext({ xRayTraceId: given }))).toEqual({ id: undefined, headers: {}, result: 42 });
    expect(isLoaded()).toBe(false);
  });

  it.for([
    { where: "the option says so", options: { enabled: false }, variables: {} },
    { where: "POWERTOOLS_TRACE_ENABLED says so", options: {}, variables: { POWERTOOLS_TRACE_ENABLED: "False" } },
    { where: "Lambda does not run the process", options: {}, variables: { AWS_EXECUTION_ENV: undefined } },
    { where: "the task root is missing", options: {}, variables: { LAMBDA_TASK_ROOT: undefined } },
    { where: "SAM runs it on a developer's machine", options: {}, variables: { AWS_SAM_LOCAL: "true" } },
    { where: "Amplify does", options: {}, variables: { AWS_EXECUTION_ENV: "AWS_Lambda_amplify-mock" } },
  ])("a sampled trace is handed on as well: $where", async ({ options, variables }) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const handler = wrap(direct(), tracer(options), use);

    expect(await handler({}, tracedContext())).toEqual({ id: TRACE, headers: { "X-Amzn-Trace-Id": header() }, result: 42 });
    expect(isLoaded()).toBe(false);
  });

  it("warns once on Managed Instances, and steps aside", async () => {
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "16");
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const handler = wrap(direct(), tracer(), use);

    const replies = await Promise.all([
      handler({}, tracedContext()),
      handler({}, tracedContext(`Root=1-5759e989-bd862e3fe1be46a994272793`)),
    ]);

    expect(replies.map((reply) => (reply as { readonly id?: string }).id)).toEqual([TRACE, "1-5759e989-bd862e3fe1be46a994272793"]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("Managed Instances")]]);
    expect(isLoaded()).toBe(false);
  });

  it("does not warn of Managed Instances where it is switched off", () => {
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "16");
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});

    tracer({ enabled: false });

    expect(warn).not.toHaveBeenCalled();
  });

  it("lets failures of spans out as they are", async () => {
    const error = new Error("no stock");
    const handler = wrap(direct(), tracer(), (_event, { trace }) =>
      trace.span("work", () => {
        throw error;
      }),
    );

    await expect(handler({}, lambdaContext())).rejects.toBe(error);
  });
});
