import { describe, expect, it } from "vitest";
import { clients } from "./clients.ts";
import { messagesOf, run } from "./run.ts";

describe.for(clients)("Managed Instances under $of", ({ client }) => {
  it("run invocations side by side in one process, each with its own context", async () => {
    const runtime = await run("managed", { client, maxConcurrency: 10 });
    const ids = Array.from({ length: 30 }, (_, index) => `event ${index}`);

    // Each waits until ten run.
    const invoked = await Promise.all(
      ids.map((id, index) =>
        runtime.invoke<object>({ id, waitFor: index < 10 ? 10 : 0 }, { requestId: `request ${index}`, tenantId: `tenant ${index}` }),
      ),
    );

    invoked.forEach(({ reply, error }, index) => {
      expect(error).toBe(undefined);
      expect(reply).toMatchObject({ id: ids[index], own: ids[index], request: `request ${index}`, tenant: `tenant ${index}`, made: 1 });
    });
    expect(Math.max(...invoked.map(({ reply }) => (reply as { readonly running: number }).running))).toBeGreaterThanOrEqual(10);
  });

  it("register no extension, and say once that nothing is shut down", async () => {
    const runtime = await run("managed", { client, maxConcurrency: 2 });
    await runtime.invoke({ id: "a", waitFor: 0 });
    await runtime.invoke({ id: "b", waitFor: 0 });

    expect(messagesOf(runtime.logs).filter((line) => line.includes("Managed Instances"))).toHaveLength(1);
    expect(await runtime.shutdown()).toMatchObject({ wasAsked: false });
  });

  it("let the others go on when one runs into its timeout", async () => {
    const runtime = await run("managed", { client, maxConcurrency: 2 });

    const late = await runtime.invoke({ id: "late", waitFor: 2 }, { timeoutMs: 300 });
    expect(late.error).toMatchObject({ errorType: expect.stringMatching(/Timedout|DeadlineExceeded/) });
    expect((await runtime.invoke({ id: "next", waitFor: 0 })).reply).toMatchObject({ id: "next", made: 1 });
  });
});
