import { sqs } from "@lamella/events/sqs";
import type { SQSEvent } from "aws-lambda";
import { same } from "../../test/same.ts";
import {
  direct,
  dispatch,
  type Lambda,
  type Layer,
  layer,
  layers,
  onShutdown,
  type Resource,
  ready,
  readySync,
  resource,
  wrap,
} from "../index.ts";

interface Pool {
  readonly query: (sql: string) => Promise<unknown[]>;
  readonly end: () => Promise<void>;
}
declare function connect(url: string): Promise<Pool>;

const config = resource("config", { init: async () => ({ url: "postgres://" }) });
const db = resource("db", { needs: [config], init: ({ config: { url } }) => connect(url), shutdown: (pool) => pool.end() });
const stock = resource("stock", { needs: [db, config], init: (needs) => ({ count: () => needs.db.query(needs.config.url) }) });
const slow = resource("slow", { lazy: true, init: () => connect("postgres://"), shutdown: (pool) => pool.end() });

same<typeof config, Resource<"config", { url: string }>>();
same<typeof db, Resource<"db", Pool>>();
same<typeof slow, Resource<"slow", () => Promise<Pool>>>();

// What a resource adds is typed in layers and handlers after it.
wrap(
  sqs(),
  db,
  stock,
  slow,
  layer("repository", async (_item, ctx, next) => next({ orders: { all: () => ctx.db.query("select") } })),
  async (_message, ctx) => {
    same<typeof ctx.db, Pool>();
    same<typeof ctx.slow, () => Promise<Pool>>();
    await ctx.orders.all();
    await ctx.stock.count();
  },
);
layers(db, stock) satisfies Layer<unknown, {}, { readonly db: Pool }>;
resource("versioned", { init: async () => ({ version: 1 }), maxAgeMs: 1_000, isSame: (a, b) => a.version === b.version });
resource("users", { needs: [slow], init: async (needs) => (await needs.slow()).query });
// A value may come at once, and may be nothing.
same<typeof nothing, Resource<"nothing", undefined>>();
const nothing = resource("nothing", { init: () => undefined });

// @ts-expect-error config is not among the needs
resource("wrong", { needs: [db], init: ({ config: found }) => found });
// @ts-expect-error a Pool has no close
resource("wrong", { init: () => connect(""), shutdown: (pool) => pool.close() });
// @ts-expect-error needs takes resources and not their names
resource("wrong", { needs: ["config"], init: () => 1 });
// @ts-expect-error a layer that is no resource is made for each item
resource("wrong", { needs: [layer("user", async (_item, _ctx, next) => next({ user: 1 }))], init: () => 1 });
// @ts-expect-error without init there is nothing to be
resource("wrong", { shutdown: () => {} });
// @ts-expect-error the function has no db
wrap(sqs(), async (_message, { db: none }) => none);
// @ts-expect-error ctx.db is already there
wrap(sqs(), db, db, async () => {});
// @ts-expect-error a lazy resource has to be called
wrap(sqs(), slow, async (_message, ctx) => ctx.slow.query("select"));

// ready gives what it got.
const orders = wrap(
  sqs(),
  db,
  onShutdown(async () => {}),
  async () => {},
);
same<Awaited<ReturnType<typeof ready<typeof orders>>>, typeof orders>();
same<ReturnType<typeof readySync<typeof orders>>, typeof orders>();
(await ready(
  dispatch(
    orders,
    wrap(direct<string, number>(), () => 1),
  ),
)) satisfies Lambda<SQSEvent | string, unknown>;

// @ts-expect-error a source is no handler
await ready(sqs());
// @ts-expect-error a resource is no handler
readySync(db);
// @ts-expect-error what is to be done is missing
onShutdown({ timeoutMs: 100 });
