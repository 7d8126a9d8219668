import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { direct, wrap } from "@lamella/core";
import { awsCall } from "@lamella/core/aws";
import { lambdaContext } from "@lamella/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { json, startService } from "../../core/test/service.ts";
import { ENV, startDynamodb } from "../test/dynamodb-server.ts";
import { storeContract } from "../test/store-contract.ts";
import { dynamodbStore } from "./dynamodb.ts";
import { sdkDynamodbStore } from "./dynamodb-sdk.ts";
import { idempotency } from "./index.ts";
import { fromPowertools, powertoolsKey } from "./powertools.ts";

let endpoint: string;
let stop: () => void;
beforeAll(async () => {
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
  ({ endpoint, stop } = await startDynamodb());
});
afterAll(() => stop());
beforeEach(() => {
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
});

describe("dynamodbStore", () => {
  storeContract(async () => dynamodbStore({ table: "plain", endpoint }));
});

describe("dynamodbStore with a sort key", () => {
  storeContract(async () =>
    dynamodbStore({ table: "composite", endpoint, keyAttr: "pk", sortKeyAttr: "sk", staticPkValue: "all", dataAttr: "outcome" }),
  );
});

describe("sdkDynamodbStore", () => {
  storeContract(async () =>
    sdkDynamodbStore({ table: "plain", client: new DynamoDBClient({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } }) }),
  );
});

describe("dynamodbStore on the wire", () => {
  const claim = (token: string) => ({
    id: "f#k",
    token,
    owner: undefined,
    now: 1_000_000,
    leaseUntil: 1_010_000,
    expiresAt: 1_100_000,
    validation: undefined,
    replaces: undefined,
    withinMs: 5_000,
  });
  const conflict = (token: string, status: string) =>
    json(400, {
      __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
      Item: { id: { S: "f#k" }, token: { S: token }, status: { S: status }, expiration: { N: "1100" } },
    });
  beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));

  it("knows its own record when the first answer of begin was lost", async () => {
    const { endpoint: at, requests } = await startService((response) => void response.destroy(), conflict("mine", "INPROGRESS"));
    const handler = wrap(direct(), idempotency({ store: dynamodbStore({ table: "t", endpoint: at }), key: () => "k" }), () => "never");
    void handler;

    expect(await dynamodbStore({ table: "t", endpoint: at }).begin(claim("mine"))).toMatchObject({ token: "mine", status: "in-progress" });
    expect(requests).toHaveLength(2);
    expect(requests[1]?.body).toBe(requests[0]?.body);
  });

  it.for([
    { token: "mine", status: "COMPLETED", held: true },
    { token: "mine", status: "INPROGRESS", held: false },
    { token: "other", status: "COMPLETED", held: false },
    { token: "other", status: "INPROGRESS", held: false },
  ])("takes a failed condition of complete for $held where the record is $status of $token", async ({ token, status, held }) => {
    const { endpoint: at } = await startService((response) => void response.destroy(), conflict(token, status));

    expect(
      await dynamodbStore({ table: "t", endpoint: at }).complete({
        id: "f#k",
        token: "mine",
        expiresAt: 1,
        data: 1,
        validation: undefined,
        withinMs: 5_000,
      }),
    ).toBe(held);
  });

  it("gives up within the time that it is given", async () => {
    const { endpoint: at } = await startService(() => {});
    const startedAt = performance.now();

    await expect(dynamodbStore({ table: "t", endpoint: at }).begin({ ...claim("t"), withinMs: 60 })).rejects.toMatchObject({
      awsCode: "TimedOut",
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it.for([
    { options: { table: "" }, error: "table" },
    { options: { table: "t", keyAttr: "" }, error: "keyAttr" },
    { options: { table: "t", sortKeyAttr: "id" }, error: "…Attr" },
    { options: { table: "t", dataAttr: "status" }, error: "…Attr" },
    { options: { table: "t", timeoutMs: 0 }, error: "timeoutMs" },
    { options: { table: "t", attempts: 0 }, error: "attempts" },
  ])("refuses $options at load", ({ options, error }) => {
    expect(() => dynamodbStore(options)).toThrow(`dynamodbStore({ ${error}`);
  });
});

describe("fromPowertools", () => {
  it("runs once, replays, and frees the key of what failed, over Powertools' layer for DynamoDB", async () => {
    const persistence = new DynamoDBPersistenceLayer({ tableName: "plain", clientConfig: { endpoint, region: "eu-west-1" } });
    let runs = 0;
    const handler = wrap(direct<string>(), idempotency({ store: fromPowertools(persistence), key: (id) => id }), (id) => {
      if (++runs === 1) throw new Error("declined");
      return { id, at: new Date(0), none: undefined };
    });
    const send = () => handler("from-powertools", { ...lambdaContext(), functionName: "f" });

    await expect(send()).rejects.toThrow("declined");
    expect(await send()).toEqual({ id: "from-powertools", at: new Date(0), none: undefined });
    expect(await send()).toEqual({ id: "from-powertools", at: new Date(0), none: undefined });
    expect(runs).toBe(2);
  });

  it("keeps another attempt out, and one that lost its lease from completing", async () => {
    const store = () =>
      fromPowertools(new DynamoDBPersistenceLayer({ tableName: "plain", clientConfig: { endpoint, region: "eu-west-1" } }));
    const [first, second] = [store(), store()];
    const now = Date.now();
    const claim = {
      id: "f#fenced",
      owner: undefined,
      now,
      leaseUntil: now + 9_000,
      expiresAt: now + 99_000,
      validation: undefined,
      replaces: undefined,
      withinMs: 5_000,
    };

    expect(await first.begin({ ...claim, token: "t1" })).toBeUndefined();
    expect(await second.begin({ ...claim, token: "t2" })).toMatchObject({ status: "in-progress" });
    expect(await second.complete({ ...claim, token: "t2", data: 2 })).toBe(false);
    await second.release({ ...claim, token: "t2" });
    expect(await first.complete({ ...claim, token: "t1", data: 1 })).toBe(true);
    expect(await second.begin({ ...claim, token: "t3" })).toMatchObject({ status: "completed", data: 1 });
  });

  it("refuses what is no persistence layer", () => {
    expect(() => fromPowertools({} as never)).toThrow("fromPowertools(persistenceLayer)");
  });
});

describe("a table that Powertools uses as well", () => {
  interface Order {
    readonly id: string;
    readonly total: number;
  }
  const outcome = { id: "r-1", nested: { list: [1, "two", null, true] } };
  const context = { ...lambdaContext(), functionName: "orders" };

  const both = (validate: boolean, runs: string[]) => {
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName: "plain", clientConfig: { endpoint, region: "eu-west-1" } });
    const config = new IdempotencyConfig({ eventKeyJmesPath: "id", ...(validate && { payloadValidationJmesPath: "total" }) });
    config.registerLambdaContext(context as never);
    const theirs = makeIdempotent(async (_order: Order) => (runs.push("theirs"), outcome), {
      persistenceStore,
      config,
      keyPrefix: "orders",
    });
    const handler = wrap(
      direct<Order>(),
      idempotency({
        store: dynamodbStore({ table: "plain", endpoint }),
        key: ({ id }) => powertoolsKey(id),
        hash: "md5",
        payload: validate ? ({ total }) => total : undefined,
      }),
      () => (runs.push("ours"), outcome),
    );
    return { theirs, ours: (order: Order) => handler(order, context) };
  };

  it.for([
    { validate: false, first: "theirs" as const, second: "ours" as const },
    { validate: false, first: "ours" as const, second: "theirs" as const },
    { validate: true, first: "theirs" as const, second: "ours" as const },
    { validate: true, first: "ours" as const, second: "theirs" as const },
  ])("lets $second replay what $first wrote, with validation: $validate", async ({ validate, first, second }) => {
    const runs: string[] = [];
    const sides = both(validate, runs);
    const order = { id: `${first}-${validate}`, total: 5 };

    expect(await sides[first](order)).toEqual(outcome);
    expect(await sides[second](order)).toEqual(outcome);
    expect(await sides[first](order)).toEqual(outcome);
    expect(runs).toEqual([first]);
    if (validate) await expect(sides[second]({ ...order, total: 6 })).rejects.toThrow();
  });

  it("writes the attributes that they write, and two of its own", async () => {
    await both(false, []).ours({ id: "attributes", total: 1 });
    const input = { TableName: "plain", Key: { id: { S: `orders#${powertoolsKey("attributes")}` } } };
    const { Item } = await awsCall<{ Item: object }>({ service: "dynamodb", target: "DynamoDB_20120810.GetItem", input, endpoint });

    expect(Item).toEqual({
      id: input.Key.id,
      status: { S: "COMPLETED" },
      expiration: { N: expect.stringMatching(/^\d{10}$/) },
      data: { M: { id: { S: "r-1" }, nested: { M: { list: { L: [{ N: "1" }, { S: "two" }, { NULL: true }, { BOOL: true }] } } } } },
      token: { S: expect.any(String) },
    });
  });

  it("keeps either out while the other is in progress", async () => {
    const runs: string[] = [];
    const { theirs, ours } = both(false, runs);
    const store = dynamodbStore({ table: "plain", endpoint });
    const now = Date.now();
    await store.begin({
      id: `orders#${powertoolsKey("busy")}`,
      token: "t",
      owner: undefined,
      now,
      leaseUntil: now + 9_000,
      expiresAt: now + 99_000,
      validation: undefined,
      replaces: undefined,
      withinMs: 5_000,
    });

    await expect(theirs({ id: "busy", total: 1 })).rejects.toMatchObject({ name: "IdempotencyAlreadyInProgressError" });
    await expect(ours({ id: "busy", total: 1 })).rejects.toMatchObject({ code: "LAMELLA_ALREADY_IN_PROGRESS" });
    expect(runs).toEqual([]);
  });
});
