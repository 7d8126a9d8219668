import { AsyncLocalStorage } from "node:async_hooks";
import { onTestFinished, vi } from "vitest";

/** Runs work as the runtime of Managed Instances runs an invocation: in a store of its own, which Powertools reads. */
export function managedInstances(): <Result>(id: string, work: () => Result) => Result {
  const storage = new AsyncLocalStorage<Record<PropertyKey, unknown>>();
  onTestFinished(() => void vi.unstubAllGlobals());
  vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "64");
  vi.stubGlobal("awslambda", {
    InvokeStore: {
      hasContext: () => storage.getStore() !== undefined,
      get: (key: symbol) => storage.getStore()?.[key],
      set: (key: symbol, value: unknown) => Object.assign(storage.getStore() ?? {}, { [key]: value }),
      getXRayTraceId: () => `Root=trace of ${String(storage.getStore()?.["id"])}`,
    },
  });
  return (id, work) => storage.run({ id }, work);
}
