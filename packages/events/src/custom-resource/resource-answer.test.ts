import { hasCode, layer, wrap } from "@lamella/core";
import { customResourceEvent, lambdaContext, testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { eventOf, restart, run, server, site, told, useServer } from "../../test/custom-resource-run.ts";
import { customResource, type ResourceAnswer } from "../custom-resource.ts";

useServer();

describe("the answer of a custom resource", () => {
  const overhead = JSON.stringify({
    PhysicalResourceId: "id",
    StackId: customResourceEvent().StackId,
    RequestId: customResourceEvent().RequestId,
    LogicalResourceId: "Resource",
    Status: "SUCCESS",
    Data: { text: "" },
  }).length;

  it.for([
    { bytes: 4_096, status: "SUCCESS" },
    { bytes: 4_097, status: "FAILED" },
  ])("is $status at $bytes bytes, with the id of what was made, so that it is deleted", async ({ bytes, status }) => {
    const body = await run({ properties: site }, () => ({ physicalId: "id", data: { text: "x".repeat(bytes - overhead) } }));

    expect(body).toMatchObject({ Status: status, PhysicalResourceId: "id" });
    if (status === "FAILED") expect(body["Reason"]).toContain("4097 bytes, where CloudFormation takes 4096");
  });

  it.for([
    { what: "data with a cycle", returns: () => Object.assign(Object.create(null), { data: cyclic(), physicalId: "id" }), id: "id" },
    { what: "data with a BigInt", returns: () => ({ data: { n: 1n }, physicalId: "id" }), id: "id" },
    { what: "data that is a list", returns: () => ({ data: [1], physicalId: "id" }), id: "id" },
    { what: "data that is null", returns: () => ({ data: null, physicalId: "id" }), id: "id" },
    { what: "text", returns: () => "done", id: /^stack-Resource-/ },
    { what: "an empty id", returns: () => ({ physicalId: "" }), id: /^stack-Resource-/ },
    { what: "an id that is no text", returns: () => ({ physicalId: 5 }), id: /^stack-Resource-/ },
    { what: "an id of 1,025 bytes", returns: () => ({ physicalId: "x".repeat(1_025) }), id: /^stack-Resource-/ },
    { what: "an id that says there is nothing", returns: () => ({ physicalId: "never-created:x" }), id: /^stack-Resource-/ },
  ])("is FAILED, with an id that will be deleted, when the handler of a Create returns $what", async ({ returns, id }) => {
    const body = await run({ properties: site }, returns);

    expect(body).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("that the handler returned") });
    expect(body["PhysicalResourceId"]).toMatch(id instanceof RegExp ? id : new RegExp(`^${id}$`));
  });

  it("may have an id of 1,024 bytes", async () => {
    expect(await run({ properties: site }, () => ({ physicalId: "x".repeat(1_024) }))).toMatchObject({ Status: "SUCCESS" });
  });

  it.for([
    { what: "a 503", first: [503] },
    { what: "a 500 and a 503", first: [500, 503] },
    { what: "a connection that ends", first: ["drop"] },
  ] as const)("is put again after $what", async ({ first }) => {
    await restart({ first });

    expect(await run({ properties: site }, () => ({ physicalId: "id" }))).toMatchObject({ Status: "SUCCESS" });
    expect(server.requests()).toBe(first.length + 1);
  });

  it("that is refused rejects the invocation, so that Lambda runs it again, and is not followed by another", async () => {
    await restart({ first: [403, 200] });
    const { error, outcomes } = await testing(wrap(customResource(), async () => {})).send(eventOf({}));

    expect(hasCode(error, "LAMELLA_ANSWER_NOT_DELIVERED")).toBe(true);
    expect(error).toMatchObject({ status: 403, message: expect.not.stringContaining("secret") });
    expect(outcomes).toMatchObject([{ fate: "rejected" }]);
    expect(server.requests()).toBe(1);
  });

  it("that nobody takes rejects the invocation before its timeout", async () => {
    const { error } = await testing(wrap(customResource(), async () => {})).send(customResourceEvent(), { remainingMs: 1_000 });

    expect(error).toMatchObject({ code: "LAMELLA_ANSWER_NOT_DELIVERED", status: undefined, cause: { code: "ECONNREFUSED" } });
  });

  it("that hangs is tried again, and not given up for a FAILED", async () => {
    await server.close();
    const { createServer } = await import("node:http");
    const bodies: string[] = [];
    // The first request is never answered.
    const hanging = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      if (bodies.length > 1) response.end();
    });
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    const { port } = hanging.address() as { port: number };
    await wrap(customResource(), async () => {})(
      eventOf({ responseUrl: `http://127.0.0.1:${port}/` }),
      lambdaContext({ remainingMs: 1_000 }),
    );
    hanging.closeAllConnections();
    hanging.close();

    expect(bodies).toHaveLength(2);
    expect(bodies.map((body) => (JSON.parse(body) as { Status: string }).Status)).toEqual(["SUCCESS", "SUCCESS"]);
  });
});

function cyclic(): object {
  const data: { self?: object } = {};
  data.self = data;
  return data;
}

describe("a custom resource at the deadline", () => {
  /** Waits until an answer that was under way would have come. */
  async function nothingMoreIsSent(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await fetch(server.url.replace("response", "probe"), { method: "GET" });
  }

  it.for([
    { layers: "no layers", around: [] },
    { layers: "a layer", around: [layer("plain", async (_item, _ctx, next) => next())] },
  ])("is answered with FAILED before the timeout, once, also when the handler returns later, with $layers", async ({ around }) => {
    let release: (() => void) | undefined;
    const handle = async (): Promise<ResourceAnswer> => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return { physicalId: "late" };
    };
    const handler = (wrap as (...list: unknown[]) => ReturnType<typeof wrap>)(customResource({ hardMs: 900 }), ...around, handle);
    await handler(eventOf({}), lambdaContext({ remainingMs: 1_000 }));
    release?.();
    await nothingMoreIsSent();

    expect(told()).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("DeadlineExceededError: Not finished") });
  });

  it("is answered with FAILED when a layer around the invocation hangs, and the handler is not run later", async () => {
    let release: (() => void) | undefined;
    const hanging = {
      name: "hanging",
      hooks: {
        invocation: async (_lambda: unknown, next: () => Promise<void>) => {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          await next();
        },
      },
    };
    const handle = vi.fn(async () => {});
    await wrap(customResource({ hardMs: 900 }), hanging, handle)(eventOf({}), lambdaContext({ remainingMs: 1_000 }));
    release?.();
    await nothingMoreIsSent();

    expect(told()).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("DeadlineExceededError") });
    expect(handle).not.toHaveBeenCalled();
  });

  it.for([
    { remainingMs: 60_000, hardMs: 1_500 },
    { remainingMs: 3_000, hardMs: 1_500 },
    { remainingMs: 1_000, hardMs: 500 },
  ])("leaves $hardMs of $remainingMs ms for the answer by default", async ({ remainingMs, hardMs }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    let aborted: number | undefined;
    const lambda = lambdaContext({ remainingMs });
    const plain = layer("plain", async (_item, _ctx, next) =>
      next().catch((error: unknown) => {
        aborted = lambda.getRemainingTimeInMillis();
        throw error;
      }),
    );
    const done = wrap(customResource(), plain, () => new Promise<void>(() => {}))(eventOf({}), lambda);
    // Where both moments are one, the second comes a tick after the first.
    await vi.advanceTimersByTimeAsync(remainingMs - hardMs + 1);
    vi.useRealTimers();
    await done;

    expect(aborted).toBeOneOf([hardMs, hardMs - 1]);
  });
});
