import { direct, layer, resource, retry, wrap } from "@lamella/core";
import { lambdaContext, scheduledEvent, testing } from "@lamella/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Database } from "./database.ts";
import { isPassing, refreshWhenRefused } from "./refused.ts";

let handler: typeof import("./nightly.ts")["handler"];
const secretAnswer = vi.hoisted(() => ({ connects: 0 }));

// `ready` makes the pool when the module is loaded, so nothing may be reached from here.
vi.mock("postgres", () => ({
  default: () => {
    secretAnswer.connects++;
    return Object.assign(async () => [], { end: async () => {}, json: (value: unknown) => value });
  },
}));
vi.mock("@lamella/parameters", async (importOriginal) => {
  const { secrets } = await importOriginal<typeof import("@lamella/parameters")>();
  const get = async () => JSON.stringify({ host: "db", port: 5_432, dbname: "orders", username: "reports", password: "p" });
  return { secrets: (specs: Parameters<typeof secrets>[0], options: object) => secrets(specs, { ...options, provider: { get } }) };
});

beforeAll(async () => {
  process.env["DB_SECRET_ID"] = "reports/db";
  ({ handler } = await import("./nightly.ts"));
});

const night = scheduledEvent({ scheduledAt: new Date("2026-02-01T02:00:00Z") });

describe("nightly", () => {
  it("has its pool when it is loaded", () => {
    expect(secretAnswer.connects).toBe(1);
  });

  it("keeps the report of the day before", async () => {
    const sales = [{ sku: "pen", orders: 2, quantity: 5 }];
    const db = { salesOf: vi.fn(async () => sales), keep: vi.fn(async () => {}) } satisfies Database;

    const { reply, logs } = await testing(handler, { db }).send(night);

    expect(reply).toBe(undefined);
    expect(db.salesOf).toHaveBeenCalledWith("2026-01-31");
    expect(db.keep).toHaveBeenCalledWith("2026-01-31", sales);
    expect(logs).toContainEqual(expect.objectContaining({ message: "report kept", day: "2026-01-31", products: 1, orders: 2 }));
  });

  it("tries again when a connection broke, and keeps the report once", async () => {
    const lost = Object.assign(new Error("connection closed"), { code: "CONNECTION_CLOSED" });
    const db = { salesOf: vi.fn(async () => []).mockRejectedValueOnce(lost), keep: vi.fn(async () => {}) } satisfies Database;

    const { outcomes } = await testing(handler, { db }).send(night);

    expect(outcomes).toMatchObject([{ fate: "done" }]);
    expect(db.keep).toHaveBeenCalledOnce();
  });

  it("rejects with what does not pass, so that the service tries again and in the end keeps the event", async () => {
    const broken = Object.assign(new Error("relation does not exist"), { code: "42P01" });
    const db = { salesOf: vi.fn().mockRejectedValue(broken), keep: vi.fn() } satisfies Database;

    expect((await testing(handler, { db }).send(night)).error).toBe(broken);
    expect(db.salesOf).toHaveBeenCalledOnce();
  });
});

describe("refreshWhenRefused", () => {
  const refused = Object.assign(new Error("password authentication failed"), { code: "28P01" });

  it("gives the next try what was made of the new secret", async () => {
    let password = "first";
    const secret = resource("secret", { init: () => password });
    const pool = resource("pool", { needs: [secret], init: (needs) => needs.secret });
    const handle = vi.fn((_event: string, used: string) => {
      password = "second";
      if (used === "first") throw refused;
      return used;
    });
    const rotating = wrap(
      direct<string, string>(),
      retry({ backoffMs: 0, when: isPassing }),
      refreshWhenRefused(secret),
      pool,
      (event, ctx) => handle(event, ctx.pool),
    );

    expect(await rotating("event", lambdaContext())).toBe("second");
    expect(handle.mock.calls.map(([, used]) => used)).toEqual(["first", "second"]);
  });

  it("leaves the secret alone when something else failed", async () => {
    const refresh = vi.fn(async () => {});
    const failing = wrap(
      direct(),
      refreshWhenRefused({ refresh }),
      layer("no", async (_item, _ctx, next) => next()),
      () => {
        throw new Error("other");
      },
    );

    await expect(failing("event", lambdaContext())).rejects.toThrow("other");
    expect(refresh).not.toHaveBeenCalled();
  });
});
