import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clients } from "./clients.ts";
import { messagesOf, run } from "./run.ts";

// The table of what the runtime client does by itself. Both have to, or what is shown under the small one means nothing.
describe.for(clients)("$of", ({ client }) => {
  it.for([
    { when: "undefined is returned", does: "return undefined", reply: null, error: undefined },
    { when: "a string is thrown", does: "throw a string", reply: undefined, error: { errorType: "string", errorMessage: "text" } },
    {
      when: "undefined is thrown",
      does: "throw undefined",
      reply: undefined,
      error: { errorType: "undefined", errorMessage: "undefined" },
    },
    { when: "an error is thrown", does: "throw with a cause", reply: undefined, error: { errorType: "TypeError", errorMessage: "outer" } },
    { when: "a BigInt is returned", does: "return a BigInt", reply: undefined, error: { errorType: "Runtime.JSONStringifyError" } },
    { when: "a cycle is returned", does: "return a cycle", reply: undefined, error: { errorType: "Runtime.JSONStringifyError" } },
  ])("gives $reply, $error when $when, and goes on", async ({ does, reply, error }) => {
    const runtime = await run("plain", { client });

    const invoked = await runtime.invoke({ do: does });

    expect(invoked.reply).toBe(reply);
    if (error === undefined) expect(invoked.error).toBe(undefined);
    else expect(invoked.error).toMatchObject(error);
    expect(invoked.error ?? {}).not.toHaveProperty("cause");
    expect((await runtime.invoke({ do: "tell" })).reply).toMatchObject({ invocations: 2 });
  });

  it.for([
    { when: "a rejection is not handled", does: "reject unhandled", message: "Runtime exited with error: exit status 1" },
    { when: "a timer throws", does: "throw in a timer", message: "Runtime exited with error: exit status 1" },
    { when: "a promise never settles", does: "never settle", message: "Runtime exited without providing a reason" },
  ])("ends, and answers nothing, when $when; the next invocation has a new process", async ({ does, message }) => {
    const runtime = await run("plain", { client });

    const { error, requestId } = await runtime.invoke({ do: does });

    expect(error).toEqual({ errorType: "Runtime.ExitError", errorMessage: `RequestId: ${requestId} Error: ${message}` });
    expect((await runtime.invoke({ do: "tell" })).reply).toMatchObject({ invocations: 1 });
  });

  it("is killed at the timeout, and the next invocation has a new process", async () => {
    const runtime = await run("plain", { client, timeoutMs: 300 });

    const { error, durationMs } = await runtime.invoke({ do: "take too long" });

    expect(error).toMatchObject({
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringMatching(/Task timed out after 0\.30 seconds$/),
    });
    expect(durationMs).toBeGreaterThan(290);
    expect((await runtime.invoke({ do: "tell" })).reply).toMatchObject({ invocations: 1 });
  });

  it("gives the context of the headers, and the environment", async () => {
    const runtime = await run("plain", { client, functionName: "orders", memorySizeMb: 512 });
    const options = {
      requestId: "8f5c1d7e-2b64-4c1a-9d3e-6a7b8c9d0e1f",
      traceId: "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
      clientContext: { client: { app_title: "shop" } },
      cognitoIdentity: { cognitoIdentityId: "id", cognitoIdentityPoolId: "pool" },
      tenantId: "blue",
    };

    const { reply } = await runtime.invoke<{ readonly keys: readonly string[] }>({ do: "tell" }, options);

    expect(reply).toMatchObject({
      traceId: options.traceId,
      home: true,
      context: {
        awsRequestId: options.requestId,
        functionName: "orders",
        functionVersion: "$LATEST",
        memoryLimitInMB: "512",
        invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
        logGroupName: "/aws/lambda/orders",
        tenantId: "blue",
        xRayTraceId: options.traceId,
        clientContext: options.clientContext,
        identity: options.cognitoIdentity,
      },
    });
    for (const name of ["callbackWaitsForEmptyEventLoop", "done", "fail", "succeed"]) expect(reply?.keys).not.toContain(name);
  });

  it.for([
    { does: "return most", error: undefined },
    { does: "return much", error: { errorType: "Function.ResponseSizeTooLarge" } },
  ])("may $does that Lambda takes: $error", async ({ does, error }) => {
    const runtime = await run("plain", { client });

    const invoked = await runtime.invoke({ do: does });

    if (error === undefined) expect(invoked.error).toBe(undefined);
    else expect(invoked.error).toMatchObject(error);
  });

  it.for([
    { does: "with a prelude", streamed: { prelude: { statusCode: 201, headers: { "x-a": "b" } }, text: "one two" }, error: undefined },
    { does: "plainly", streamed: { prelude: undefined, text: "one two" }, error: undefined },
    { does: "fail midway", streamed: { prelude: undefined, text: "one " }, error: { errorType: "RangeError", errorMessage: "midway" } },
  ])("streams $does", async ({ does, streamed: { prelude, text }, error }) => {
    const runtime = await run("streaming", { client });

    const invoked = await runtime.invoke({ do: does });

    expect(invoked.streamed?.prelude).toEqual(prelude);
    expect(Buffer.from(invoked.streamed?.body ?? []).toString()).toBe(text);
    if (error === undefined) expect(invoked.error).toBe(undefined);
    else expect(invoked.error).toMatchObject(error);
    expect((await runtime.invoke({ do: "plainly" })).error).toBe(undefined);
  });

  it("hangs until the timeout where a streaming handler forgets to end", async () => {
    const runtime = await run("streaming", { client, timeoutMs: 500 });

    expect((await runtime.invoke({ do: "forget to end" })).error).toMatchObject({ errorType: "Sandbox.Timedout" });
  });

  it("refuses a handler that takes a callback, and takes one of two parameters", async () => {
    const refused = await run("plain", { client, handler: "withCallback" });
    expect(refused.init.error).toMatchObject({ errorType: "Runtime.CallbackHandlerDeprecated" });

    const taken = await run("plain", { client, handler: "twoParameters" });
    expect((await taken.invoke({})).reply).toBe(2);
  });

  it.for([
    { what: "a module that throws", name: "broken", handler: "handler", error: { errorType: "RangeError", errorMessage: "no table" } },
    { what: "a missing export", name: "plain", handler: "nothing", error: { errorType: "Runtime.HandlerNotFound" } },
  ])("fails init with $what, and again at the invocation", async ({ name, handler, error }) => {
    const runtime = await run(name, { client, handler });

    expect(runtime.init.error).toMatchObject(error);
    expect((await runtime.invoke({})).error).toMatchObject(error);
  });

  it("never ends by process.exit() while the client waits for an invocation, and is killed", async () => {
    const runtime = await run("exiting", { client });
    await runtime.invoke("event");
    await runtime.idle();

    expect(await runtime.shutdown()).toMatchObject({ wasAsked: true, wasKilled: true, signal: "SIGKILL" });
  });

  it("stands still between invocations", async () => {
    const runtime = await run("plain", { client });
    const { reply } = await runtime.invoke<{ readonly pid: number }>({ do: "tell" });
    await runtime.idle();

    // The signal is sent; the kernel stops one thread after the other.
    const stateOf = () => readFileSync(`/proc/${reply?.pid}/stat`, "utf8").split(") ")[1]?.[0];
    while (stateOf() !== "T") await new Promise((resolve) => setImmediate(resolve));

    expect((await runtime.invoke({ do: "tell" })).error).toBe(undefined);
  });

  it("leaves timers running: they stand still with the process, and go on in the next invocation", async () => {
    const runtime = await run("plain", { client });
    await runtime.invoke({ do: "leave a timer" });
    expect(await runtime.idle()).toBe(true);

    expect((await runtime.invoke({ do: "wait for a tick" })).reply).toBe(true);
    expect(messagesOf(runtime.logs).includes("tick")).toBe(true);
  });
});
