import { final, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { type HttpRequest, httpApi, reply } from "@lamella/http";
import { logger } from "@lamella/logger";
import { httpApiEvent, sqsEvent, testing } from "@lamella/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type IdempotencyStore, idempotency, idempotencyKey } from "./index.ts";
import { memoryStore } from "./memory.ts";

interface Order {
  readonly id: string;
  readonly total?: number;
}
const OrderSchema = z.object({ id: z.string(), total: z.number().optional() });

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));

describe("idempotency around SQS messages", () => {
  const body = { id: "o-1" };

  it("runs duplicates in one batch once, and reports none", async () => {
    let runs = 0;
    // What a handler returns for a message is ignored, so a class is nothing to be stored.
    const handler = wrap(
      sqs({ body: OrderSchema }),
      idempotency({ store: memoryStore(), key: (message) => message.body.id }),
      async () => (runs++, new Error("a class")),
    );

    const { reply: sent, outcomes } = await testing(handler).send(sqsEvent([{ body }, { body }, { body: { id: "o-2" } }]));
    expect(sent).toEqual({ batchItemFailures: [] });
    expect(outcomes.map(({ fate }) => fate)).toEqual(["done", "done", "done"]);
    expect(runs).toBe(2);
    expect(console.error).not.toHaveBeenCalled();
  });

  it("reports a message that another process is at, whatever onFailure says, and logs it at INFO", async () => {
    const store = memoryStore();
    const now = Date.now();
    await store.begin({
      id: "f#o-1",
      token: "t",
      owner: undefined,
      now,
      leaseUntil: now + 9_000,
      expiresAt: now + 99_000,
      validation: undefined,
      replaces: undefined,
      withinMs: 1,
    });
    const handler = wrap(
      sqs({ body: OrderSchema, onFailure: "ignore" }),
      logger(),
      idempotency({ store, scope: "f", key: (message) => message.body.id }),
      async () => {},
    );

    const { reply: sent, outcomes, logs } = await testing(handler).send(sqsEvent([{ body }, { body: { id: "o-2" } }]));
    expect(sent?.batchItemFailures).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ fate: "retry", error: { code: "LAMELLA_ALREADY_IN_PROGRESS" } });
    expect(logs.filter(({ error }) => error !== undefined)).toMatchObject([{ level: "INFO", error: { name: "AlreadyInProgressError" } }]);
  });

  it("tells a failure apart by its verdict as before", async () => {
    const store = memoryStore();
    const handler = wrap(sqs({ body: OrderSchema }), idempotency({ store, key: (message) => message.body.id }), async () => {
      throw final("cancelled");
    });
    const { outcomes } = await testing(handler).send(sqsEvent([{ body }]));

    expect(outcomes[0]?.fate).toBe("ignore");
    expect(store.records().size).toBe(0);
  });
});

describe("idempotency around requests", () => {
  const api = (work: (run: number) => unknown, options: object = {}) => {
    let runs = 0;
    const handler = wrap(
      httpApi({ body: OrderSchema }),
      idempotency({ store: memoryStore(), key: (request) => request.body.id, ...options }),
      async () => work(++runs) as object,
    );
    const send = async (body: object, headers: Record<string, string> = {}) =>
      (await testing(handler).send(httpApiEvent({ method: "POST", path: "/orders", headers, body }))).reply;
    return { send, runs: () => runs };
  };

  it.for([
    {
      what: "a status, headers, cookies and JSON",
      work: () => reply(201, { id: 1 }, { location: "/orders/1", "set-cookie": ["a=1", "b=2"] }),
    },
    { what: "bytes", work: () => new Uint8Array([0, 255]) },
    { what: "text", work: () => "hello" },
    { what: "nothing", work: () => undefined },
    { what: "a web Response", work: () => new Response("hello", { status: 202, headers: { "x-note": "n" } }) },
    { what: "a client's error that is returned", work: () => reply(404) },
  ])("replays $what as it was", async ({ work }) => {
    const { send, runs } = api(work);
    const first = await send({ id: "a" });

    expect(await send({ id: "a" })).toEqual(first);
    expect(first?.statusCode).toBeGreaterThan(0);
    expect(runs()).toBe(1);
  });

  it("replays a response of a route with response schemas without checking it again", async () => {
    const handler = wrap(
      httpApi({ response: { 201: z.object({ at: z.date().transform((date) => date.getTime()) }) } }),
      idempotency({ store: memoryStore(), key: () => "k" }),
      ({ reply: respond }) => respond(201, { at: new Date(5) }),
    );
    const send = async () => (await testing(handler).send(httpApiEvent())).reply;

    expect([await send(), await send()]).toMatchObject([
      { statusCode: 201, body: '{"at":5}' },
      { statusCode: 201, body: '{"at":5}' },
    ]);
  });

  it("does not replay a 503", async () => {
    const { send } = api((run) => reply(run === 1 ? 503 : 200));

    expect([(await send({ id: "a" }))?.statusCode, (await send({ id: "a" }))?.statusCode]).toEqual([503, 200]);
  });

  it("answers 409 with Retry-After while another process is at it", async () => {
    const store = memoryStore();
    const now = Date.now();
    await store.begin({
      id: "f#a",
      token: "t",
      owner: undefined,
      now,
      leaseUntil: now + 1_500,
      expiresAt: now + 99_000,
      validation: undefined,
      replaces: undefined,
      withinMs: 1,
    });
    const { send } = api(() => "done", { store, scope: "f" });

    expect(await send({ id: "a" })).toMatchObject({
      statusCode: 409,
      headers: { "retry-after": "3", "content-type": "application/problem+json" },
    });
  });

  it("answers 422 to another payload, 400 to a missing key and 503 when the store is away", async () => {
    const { send } = api(() => "done", { payload: ({ body }: { body: Order }) => body });
    await send({ id: "a", total: 1 });

    expect((await send({ id: "a", total: 2 }))?.statusCode).toBe(422);
    expect((await send({ id: "" }))?.statusCode).toBe(400);
    expect(
      (
        await api(() => "done", {
          store: { ...memoryStore(), begin: () => Promise.reject(new Error("unreachable")) } satisfies IdempotencyStore,
        }).send({ id: "a" })
      )?.statusCode,
    ).toBe(503);
  });

  it.for([
    { header: '"8e03978e-40d5"', same: "8e03978e-40d5", status: 200 },
    { header: '"a \\" b"', same: '"a \\" b"', status: 200 },
    { header: "", same: undefined, status: 400 },
    { header: '"unclosed', same: undefined, status: 400 },
    { header: "k".repeat(256), same: undefined, status: 400 },
    { header: `"${"k".repeat(255)}"`, same: "k".repeat(255), status: 200 },
  ])("takes the key from the header $header: $status", async ({ header, same, status }) => {
    const { send, runs } = api(() => "done", { key: idempotencyKey() });

    expect((await send({ id: "a" }, { "idempotency-key": header }))?.statusCode).toBe(status);
    if (same !== undefined) await send({ id: "b" }, { "idempotency-key": same });
    expect(runs()).toBe(same === undefined ? 0 : 1);
  });

  it("keeps users' keys apart", async () => {
    const { send, runs } = api(() => "done", {
      key: idempotencyKey({ per: (request: HttpRequest) => request.headers.get("x-user") }),
    });
    for (const user of ["u1", "u2", "u1"]) await send({ id: "a" }, { "idempotency-key": "k", "x-user": user });

    expect(runs()).toBe(2);
  });
});
