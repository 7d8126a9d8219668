import { describe, expect, it } from "vitest";
import { clients } from "./clients.ts";
import { messagesOf, run } from "./run.ts";

describe.for(clients)("extensions under $of", ({ client }) => {
  it("are registered by Lambda's rules, and told of invocations", async () => {
    const runtime = await run("registering", { client });

    const { reply } = await runtime.invoke({}, { requestId: "request-1" });

    expect(reply).toEqual([
      "403 Extension.InvalidExtensionName",
      "403 InvalidRequestFormat",
      "403 Extension.InvalidEventType",
      "403 Extension.InvalidEventType",
      "200 with",
      "403 Extension.AlreadyRegistered",
      "403 Extension.TooManyExtensions",
      "403 Extension.RegistrationClosed",
    ]);
    await runtime.logged("told of INVOKE request-1");
    expect(messagesOf(runtime.logs).filter((line) => line.startsWith("told"))).toHaveLength(1);
  });
});

describe("the Runtime API", () => {
  it.for([
    { what: "an answer to an invocation that is over", path: "/2018-06-01/runtime/invocation/old/response", gives: "400 InvalidRequestID" },
    { what: "an error of one that never was", path: "/2018-06-01/runtime/invocation/new/error", gives: "400 InvalidRequestID" },
    { what: "an init error after init", path: "/2018-06-01/runtime/init/error", gives: "403 InvalidStateTransition" },
    {
      what: "an event for an extension without a name",
      path: "/2020-01-01/extension/event/next",
      method: "GET",
      gives: "403 Extension.MissingExtensionIdentifier",
    },
    { what: "a path that is none", path: "/2018-06-01/runtime", method: "GET", gives: "404 NotFound" },
  ])("refuses $what with $gives", async ({ path, method = "POST", gives }) => {
    const runtime = await run("plain", { client: "lamella" });
    await runtime.invoke({ do: "tell" }, { requestId: "old" });
    await runtime.idle();

    const response = await fetch(`http://${runtime.endpoint}${path}`, { method, ...(method === "POST" && { body: "{}" }) });

    expect(`${response.status} ${((await response.json()) as { readonly errorType: string }).errorType}`).toBe(gives);
  });

  it("refuses a second answer with InvalidStateTransition, and keeps the first", async () => {
    const runtime = await run("answering", { client: "lamella" });

    const { reply } = await runtime.invoke({});

    expect(reply).toBe("first");
    expect(messagesOf([await runtime.logged("said")])).toEqual(["said 403 InvalidStateTransition"]);
  });

  it("takes invocations one after the other", async () => {
    const runtime = await run("plain", { client: "lamella" });

    const invoked = await Promise.all(Array.from({ length: 5 }, () => runtime.invoke<{ readonly invocations: number }>({ do: "tell" })));

    expect(invoked.map(({ reply }) => reply?.invocations)).toEqual([1, 2, 3, 4, 5]);
  });

  it("ends a process that blocks in init, at init's own timeout", async () => {
    const runtime = await run("blocking", { client: "lamella", initTimeoutMs: 500 });

    expect(runtime.init.error).toEqual({ errorType: "Sandbox.Timedout", errorMessage: "Init timed out after 0.50 seconds" });
  });

  it("invokes nothing after shutdown, and nothing that is no JSON", async () => {
    const runtime = await run("plain", { client: "lamella" });
    await expect(runtime.invoke(undefined)).rejects.toThrow(TypeError);
    const waiting = runtime.logged("never written");
    waiting.catch(() => {});

    await runtime.shutdown();

    await expect(runtime.invoke({})).rejects.toThrow("shut down");
    await expect(waiting).rejects.toThrow("before it logged never written");
  });
});
