import { wrap } from "@lamella/core";
import { appSyncEvent, lambdaContext, testing } from "@lamella/testing";
import { appSyncFieldFixture, appSyncQueryFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { appSync, type Resolve } from "./app-sync.ts";

/** The field that a handler gets for an event. */
async function open(event: ReturnType<typeof appSyncEvent>): Promise<Resolve<unknown, unknown>> {
  const fields: Resolve<unknown, unknown>[] = [];
  await wrap(appSync(), async (field) => void fields.push(field))(event, lambdaContext());
  return fields[0] as Resolve<unknown, unknown>;
}

describe("appSync", () => {
  it("gives the handler a field", async () => {
    const {
      fieldName,
      parentTypeName,
      arguments: args,
      source,
      selectionSet,
      previous,
      stash,
      headers,
      domainName,
      raw,
    } = await open(appSyncFieldFixture);

    expect({ fieldName, parentTypeName, args, source, selectionSet, previous, stash, domainName }).toEqual({
      fieldName: "items",
      parentTypeName: "Order",
      args: { first: 10 },
      source: { id: "order-1" },
      selectionSet: ["sku"],
      previous: { customer: "customer-1" },
      stash: { tenant: "a" },
      domainName: "api.example.com",
    });
    expect(headers["x-forwarded-for"]).toBe("203.0.113.8");
    expect(raw).toBe(appSyncFieldFixture);
  });

  it.for([
    {
      kind: "cognito",
      sent: appSyncQueryFixture.identity,
      gives: { username: "ann", groups: ["buyers"], issuer: expect.any(String), claims: { token_use: "access" } },
    },
    { kind: "iam", sent: appSyncFieldFixture.identity, gives: { accountId: "123456789012", cognitoIdentityId: undefined } },
    { kind: "oidc", sent: { sub: "1", issuer: "https://issuer", claims: { a: 1 } }, gives: { sub: "1", claims: { a: 1 } } },
    { kind: "lambda", sent: { resolverContext: { user: "ann" } }, gives: { context: { user: "ann" } } },
    { kind: "lambda", sent: { resolverContext: null }, gives: { context: {} } },
    { kind: "apiKey", sent: null, gives: {} },
    { kind: "apiKey", sent: undefined, gives: {} },
  ])("tells an identity of kind $kind by its members", async ({ kind, sent, gives }) => {
    expect((await open({ ...appSyncEvent(), identity: sent })).identity).toMatchObject({ kind, ...gives });
  });

  it.for([[{}], [{ sub: 5 }], ["ann"], [[]], [{ username: "ann" }]])("lets nobody pass for somebody else: %j", async ([identity]) => {
    const field = await open({ ...appSyncEvent(), identity: identity as never });

    expect(() => field.identity).toThrow("identity is of none of the kinds");
  });

  it("replies with what the handler returned", async () => {
    for (const value of [{ id: "1" }, [1, 2], "text", 0, null])
      expect((await testing(wrap(appSync(), async () => value)).send(appSyncEvent())).reply).toEqual(value);
  });

  it("gives the handler what the schemas make of arguments and parent, and the client what they make of the result", async () => {
    const source = appSync({
      arguments: z.object({ first: z.int().default(5) }),
      source: z.object({ id: z.string().refine(async () => true) }),
      result: z.object({ count: z.number() }),
    });
    const handler = wrap(source, async ({ arguments: { first }, source: { id } }) => ({ count: first, id }));

    expect(await handler(appSyncEvent({ source: { id: "1" } }), lambdaContext())).toEqual({ count: 5 });
  });

  it.for([
    { what: "arguments that do not fit", event: appSyncEvent({ arguments: { first: "x" } }), part: "arguments" },
    { what: "a parent that does not fit", event: appSyncEvent({ arguments: { first: 1 } }), part: "source" },
    {
      what: "arguments with a polluting key",
      event: { ...appSyncEvent(), arguments: JSON.parse('{"a":{"__proto__":{}}}') as never },
      part: "arguments",
    },
  ])("rejects $what before the handler", async ({ event, part }) => {
    const handle = vi.fn(async () => {});
    const source = appSync({ arguments: z.object({ first: z.int() }), source: z.object({ id: z.string() }) });

    expect((await testing(wrap(source, handle)).send(event)).error).toMatchObject({ code: "LAMELLA_PAYLOAD", part });
    expect(handle).not.toHaveBeenCalled();
  });

  it("rejects a result that does not fit as the handler's fault", async () => {
    const handler = wrap(appSync({ result: z.object({ id: z.string() }) }), async () => ({ id: 5 }) as never);

    expect((await testing(handler).send(appSyncEvent())).error).toMatchObject({ code: "LAMELLA_OUTPUT" });
  });

  it("rejects with the handler's own error, whose name Lambda reports", async () => {
    const error = Object.assign(new Error("no such order"), { name: "OrderNotFound" });
    const handler = wrap(appSync(), async () => {
      throw error;
    });

    expect((await testing(handler).send(appSyncEvent())).error).toBe(error);
  });

  it("refuses a batch of fields, which is another source's", async () => {
    await expect(wrap(appSync(), async () => {})([appSyncEvent()] as never, lambdaContext())).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
    });
  });

  it.for(["arguments", "source", "result"])("throws at load when %s is no schema", (name) => {
    expect(() => appSync({ [name]: "x" })).toThrow(`appSync({ ${name} }) must be a Standard Schema`);
  });
});
