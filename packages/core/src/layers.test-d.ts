import { sqs } from "@lamella/events/sqs";
import { z } from "zod";
import { same } from "../test/same.ts";
import { add, audit, forUrls, type Log, logger, once, quiet, type Trace, tracer } from "../test/stand-ins.ts";
import { answer, type Base, type ContextOf, type Layer, layer, layers, needs, wrap } from "./index.ts";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int() });

// Presets keep what they need and what they add.

const observed = layers(logger(), tracer(), audit());
same<typeof observed, Layer<unknown, {}, { readonly log: Log; readonly trace: Trace; readonly audit: (line: string) => void }>>();
same<ContextOf<typeof observed>["audit"], (line: string) => void>();
const needsLogger = layers(tracer(), audit());
same<typeof needsLogger, Layer<unknown, { readonly log: Log }, { readonly trace: Trace; readonly audit: (line: string) => void }>>();
const forRequests = layers(forUrls(), observed);

wrap(sqs({ body: Order }), observed, once({ key: ({ body }) => body.id }), async (_message, ctx) => ctx.audit("x"));
wrap(sqs({ body: Order }), logger(), needsLogger, async (_message, ctx) => ctx.audit("x"));
wrap(sqs(), layers(), async (_message, ctx) => same<typeof ctx, Base>());

// A preset whose layer reads the item: generic in the item, or annotated.
const onceBy = <Item>(key: (item: Item) => string) => layers(logger(), tracer(), once({ key }));
wrap(
  sqs({ body: Order }),
  onceBy(({ body }) => body.id),
  async (_message, { log }) => log.info("x"),
);
const onceById = layers(tracer(), once({ key: ({ body }: { readonly body: { readonly id: string } }) => body.id }));
wrap(sqs({ body: Order }), onceById, async () => {});

// More layers than wrap takes.
const many = layers(
  ...([add("a", 1), add("b", 1), add("c", 1), add("d", 1), add("e", 1), add("f", 1), add("g", 1), add("h", 1)] as const),
  ...([add("i", 1), add("j", 1), add("k", 1), add("l", 1), add("m", 1), add("n", 1), observed, quiet()] as const),
);
wrap(sqs(), many, async (_message, ctx) => ctx.audit(ctx.n.toFixed()));

// @ts-expect-error 2345: the preset needs ctx.log from outside
wrap(sqs(), needsLogger, async () => {});
// @ts-expect-error 2345: the preset is for requests
wrap(sqs(), forRequests, async () => {});
// @ts-expect-error 2345: an SQS message without a body schema has no body.id
wrap(sqs(), onceById, async () => {});
// @ts-expect-error 2345: "ctx.log is already there: an earlier layer adds it"
layers(logger(), add("log", 1));
// @ts-expect-error 2345: "ctx.log is needed by a layer before this one"
layers(audit(), logger());
// @ts-expect-error 2345: "ctx.log has another type than this layer needs"
layers(add("log", 1), audit());
// @ts-expect-error 2322: nothing says what the item is; write the preset generic or annotate the parameter
layers(logger(), once({ key: ({ body }) => body.id }));

// A layer of one function: annotated where it stands alone, inferred in place.

const user = layer("user", async (_item, { log }: { readonly log: Log }, next) => {
  log.info("who");
  return next({ user: { id: 1 } });
});
same<typeof user, Layer<unknown, { readonly log: Log }, { user: { id: number } }>>();
const timing = layer("timing", async (_item, { signal }, next) => {
  try {
    return await next();
  } finally {
    signal.throwIfAborted();
  }
});
same<typeof timing, Layer<unknown, {}, {}>>();
const skipTests = layer("skipTests", async (item: { readonly id: string }, _ctx, next) =>
  item.id === "test" ? answer(undefined) : next({ real: true }),
);
same<typeof skipTests, Layer<{ readonly id: string }, {}, { real: boolean }>>();
const either = layer("either", async (item: { readonly id: string }, _ctx, next) =>
  item.id ? next<{ tenant: string | undefined }>({ tenant: item.id }) : next({ tenant: undefined }),
);
same<typeof either, Layer<{ readonly id: string }, {}, { tenant: string | undefined }>>();
wrap(
  sqs({ body: Order }),
  logger(),
  user,
  timing,
  skipTests,
  layer("total", async ({ body }, ctx, next) => next({ total: body.quantity * ctx.user.id }), { reads: true }),
  async (_message, { total, real }) => {
    same<typeof total, number>();
    same<typeof real, boolean>();
  },
);
// @ts-expect-error 2345: the layer forgets to return what next gave. "Type 'void' is not assignable to type 'Outcome<{}>'"
layer("forgets", async (_item, _ctx, next) => {
  await next();
});
// @ts-expect-error 2345: a made-up object is no outcome
layer("makesUp", async () => ({ output: 1 }));
// @ts-expect-error 2353: there is no such option
layer("typo", async (_item, _ctx, next) => next(), { read: true });

// A layer that only answers adds nothing.
const closed = layer("closed", async () => answer("closed"));
same<typeof closed, Layer<unknown, {}, {}>>();
wrap(sqs({ body: Order }), logger(), closed, once({ key: ({ body }) => body.id }), async (_message, { log }) => log.info("x"));
// @ts-expect-error 2339: nothing adds a trace
wrap(sqs(), closed, async (_message, { trace }) => trace);

// `needs` says what the context will hold.
wrap(sqs(), logger(), needs<{ readonly log: Log }>(), async () => {});
// @ts-expect-error 2345: nothing adds a log
wrap(sqs(), needs<{ readonly log: Log }>(), async () => {});
