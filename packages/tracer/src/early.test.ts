import { direct, wrap } from "@lamella/core";
import { beforeEach, expect, it, vi } from "vitest";
import { useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";
import { Loader } from "./xray/load.ts";

useXRay();

/** Whether anything has loaded the X-Ray SDK: it keeps its contexts there. */
const isLoaded = (): boolean => (process as { readonly namespaces?: object }).namespaces !== undefined;

beforeEach(() => void vi.stubEnv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"));

it("tracer() leaves the SDK unloaded when the function starts", () => {
  const load = vi.spyOn(Loader.prototype, "load");
  wrap(direct(), tracer(), () => {});

  expect(load).not.toHaveBeenCalled();
});

it("tracer({ enabled: true }) leaves it unloaded where a test only imports the handler", () => {
  vi.stubEnv("AWS_LAMBDA_RUNTIME_API", undefined);
  const load = vi.spyOn(Loader.prototype, "load");
  wrap(direct(), tracer({ enabled: true }), () => {});

  expect(load).not.toHaveBeenCalled();
});

it("tracer() loads it when the function starts, where POWERTOOLS_TRACE_ENABLED says that it is traced", async () => {
  vi.stubEnv("POWERTOOLS_TRACE_ENABLED", "true");
  wrap(direct(), tracer(), () => {});

  await vi.waitFor(() => expect(isLoaded()).toBe(true));
});
