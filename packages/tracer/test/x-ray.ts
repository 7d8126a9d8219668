import type { LambdaContext } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import { Daemon } from "./daemon.ts";

export const TRACE = "1-5759e988-bd862e3fe1be46a994272793";
export const PARENT = "557abcec3ee5a047";

/** The trace header of a sampled invocation. */
export function header(trace = TRACE, parent = PARENT): string {
  return `Root=${trace};Parent=${parent};Sampled=1`;
}

/** A context whose invocation is traced. */
export function tracedContext(xRayTraceId: string = header(), remainingMs?: number): LambdaContext {
  return lambdaContext({ xRayTraceId, remainingMs });
}

/** Makes the process look like Lambda's with active tracing, and gives the daemon that the SDK sends to. */
export function useXRay(): () => Daemon {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start();
    // The SDK reads these when it is loaded, once, so they are there before and stay.
    Object.assign(process.env, {
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      LAMBDA_TASK_ROOT: "/var/task",
      _HANDLER: "index.handler",
      _X_AMZN_TRACE_ID: header(),
    });
  });
  beforeEach(async () => {
    // What the test before has not waited for.
    await daemon.received(0);
    daemon.clear();
    vi.stubEnv("POWERTOOLS_SERVICE_NAME", "orders");
  });
  afterAll(() => daemon.close());
  return () => daemon;
}
