import { direct, ready, wrap } from "@lamella/core";
import { expect, it, vi } from "vitest";
import { useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";

useXRay();

/** Whether anything has loaded the X-Ray SDK: it keeps its contexts there. */
const isLoaded = (): boolean => (process as { readonly namespaces?: object }).namespaces !== undefined;

it("tracer() leaves the SDK unloaded when the function starts, unless it is told that most invocations are traced", async () => {
  await ready(wrap(direct(), tracer(), () => {}));
  expect(isLoaded()).toBe(false);

  vi.stubEnv("POWERTOOLS_TRACE_ENABLED", "true");
  await ready(wrap(direct(), tracer(), () => {}));
  expect(isLoaded()).toBe(true);
});

it("tracer({ enabled: true }) has a life, which the function's start waits for", () => {
  expect(tracer().hooks.lifecycle).toBe(undefined);
  expect(tracer({ enabled: true }).hooks.lifecycle?.times()).toEqual([]);
});
