import { type Message, type SQSBatchResponse, type SQSEvent, type SqsKind, sqs } from "@lamella/events/sqs";
import { type } from "arktype";
import type { Handler, S3Handler, SQSHandler } from "aws-lambda";
import * as v from "valibot";
import { z } from "zod";
import { type IsAny, same } from "../test/same.ts";
import { add, audit, forUrls, type Log, logger, once, quiet, type Trace, tracer } from "../test/stand-ins.ts";
import { type Base, type HandlerOf, type Kind, type Lambda, type Source, sendTo, wrap } from "./index.ts";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int() });
type Order = z.output<typeof Order>;

// What wrap accepts, and what it infers.

export const orders = wrap(
  sqs({ body: Order, concurrency: 10 }),
  logger({ service: "orders" }),
  tracer(),
  once({ key: ({ body }) => body.id }),
  async ({ body, receiveCount }, { log, trace, signal, delivery, deadline }) => {
    same<typeof body, Order>();
    log.info("reserving stock", { sku: body.sku, receiveCount });
    trace.span(delivery.id, () => signal.aborted || deadline.remainingMs());
  },
);
same<typeof orders, Lambda<SQSEvent, SQSBatchResponse>>();
export const asAws: Handler<SQSEvent, SQSBatchResponse> = orders;
export const asAwsSqs: SQSHandler = orders;
// @ts-expect-error 2322: an SQS handler is no S3 handler
export const asAwsS3: S3Handler = orders;

// A key function in the first place, the fifth and the twelfth; members of earlier layers in it.
wrap(sqs({ body: Order }), once({ key: ({ body }, { lambda }) => body.id + lambda.awsRequestId }), logger(), async ({ body }, { log }) => {
  log.info(body.id);
});
wrap(
  sqs({ body: Order }),
  logger(),
  add("a", 1),
  audit(),
  add("b", "x"),
  once({
    key: ({ body }, ctx) => {
      ctx.audit(ctx.b);
      return body.id + ctx.a.toFixed();
    },
  }),
  async ({ body }, ctx) => ctx.audit(body.id + ctx.a.toFixed()),
);
wrap(
  sqs({ body: Order }),
  logger(),
  add("a", 1),
  add("b", 1),
  add("c", 1),
  audit(),
  add("d", 1),
  add("e", 1),
  add("f", 1),
  add("g", 1),
  add("h", 1),
  add("i", "x"),
  once({
    key: ({ body }, ctx) => {
      ctx.audit(ctx.i.toUpperCase());
      return body.id + ctx.a.toFixed();
    },
  }),
  async ({ body }, ctx) => {
    ctx.audit(ctx.i + body.id);
    same<typeof ctx.a, number>();
    same<IsAny<typeof ctx>, false>();
  },
);
wrap(
  sqs({ body: Order }),
  once({ key: ({ body }) => body.id }),
  once({ key: ({ body }) => body.sku }),
  once({ key: ({ id }) => id }),
  async () => {},
);

// Payloads of every schema library, and without one.
wrap(sqs(), async ({ body }) => same<typeof body, string>());
wrap(
  sqs({ body: v.object({ id: v.string(), at: v.optional(v.number(), 0) }) }),
  once({ key: ({ body }) => body.id + body.at.toFixed() }),
  async ({ body }) => same<typeof body, { id: string; at: number }>(),
);
wrap(sqs({ body: type({ id: "string", "tags?": "string[]" }) }), once({ key: ({ body }) => body.id }), async ({ body }) =>
  same<typeof body.tags, string[] | undefined>(),
);
wrap(sqs({ body: z.object({ at: z.string().transform((text) => new Date(text)) }) }), async ({ body }) => same<typeof body.at, Date>());
wrap(sqs({ body: z.any() }), async ({ body }, ctx) => {
  same<IsAny<typeof body>, true>();
  same<IsAny<typeof ctx>, false>();
});

// No `any` reaches the handler but what the schema itself calls so.
wrap(sqs({ body: Order }), async (message, ctx) => {
  same<IsAny<typeof message>, false>();
  same<typeof ctx, Base>();
  for (const attribute of Object.values(message.messageAttributes)) {
    if (attribute.type === "Binary") same<typeof attribute.value, Uint8Array>();
    if (attribute.type === "Number") same<typeof attribute.value, number>();
  }
});

// A need that may be met or not.
wrap(sqs(), tracer(), quiet(), async () => {});

// A handler that lives elsewhere says what it takes.
declare function reserve(message: Message<Order>, ctx: { readonly log: Log }): Promise<void>;
wrap(sqs({ body: Order }), logger(), reserve);

// A team's own wrap, generic in the source.
type Standard = { readonly log: Log; readonly trace: Trace };
function worker<K extends Kind>(source: Source<K>, handler: HandlerOf<K, Standard>): Lambda<K["event"], K["reply"]> {
  return wrap(source, logger(), tracer(), handler);
}
same<ReturnType<typeof worker<SqsKind<Order>>>, Lambda<SQSEvent, SQSBatchResponse>>();
worker(sqs({ body: Order }), async ({ body }, { log }) => log.info(body.id));

// What a batch handler returns is ignored.
declare function reserveStock(order: Order): Promise<{ readonly reservationId: string }>;
wrap(sqs({ body: Order }), ({ body }) => reserveStock(body));
wrap(sqs({ body: Order }), async ({ body }) => body.quantity);

// What becomes of failed items.
wrap(sqs({ body: Order, onFailure: "ignore" }), async () => {});
wrap(sqs({ body: Order, onFailure: () => "ignore" }), async () => {});
wrap(
  sqs({ body: Order, onFailure: (error, { messageId }) => (error instanceof TypeError && messageId ? "ignore" : "retry") }),
  async ({ body }) => same<typeof body, Order>(),
);
wrap(sqs({ body: Order, onFailure: sendTo("https://sqs.eu-west-1.amazonaws.com/1/failed") }), async () => {});
wrap(
  sqs({
    body: Order,
    onFailure: async (error, { body }) => (error instanceof TypeError ? sendTo(body) : body === "" ? "ignore" : "retry"),
  }),
  async ({ body }) => same<typeof body, Order>(),
);
// @ts-expect-error 2322: sendTo is called with a queue. "Type '(queueUrl: string) => SendTo' is not assignable to type 'OnFailure<SQSRecord> | undefined'"
sqs({ onFailure: sendTo });
// @ts-expect-error 2345: an environment variable may be missing. "Type 'undefined' is not assignable to type 'string'"
sendTo(process.env["QUEUE_URL"]);
// @ts-expect-error 2322: a queue's URL is no verdict
sqs({ onFailure: "https://sqs.eu-west-1.amazonaws.com/1/failed" });
// @ts-expect-error 2322: neither is it one that a function says
sqs({ onFailure: () => ({ queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/failed" }) });
// @ts-expect-error 2322: a function that says nothing gives no verdict
sqs({ onFailure: async () => {} });

// What wrap refuses.

// @ts-expect-error 2345: audit() needs ctx.log, which logger() adds only after it. "Property 'log' is missing in type 'Base'…"
wrap(sqs({ body: Order }), audit(), logger(), async () => {});
wrap(
  sqs({ body: Order }),
  tracer(),
  // @ts-expect-error 2345: the mistake is reported here, at the layer that needs, and not at the one before it
  audit(),
  async () => {},
);
// @ts-expect-error 2345: for items with a URL. "Property 'url' is missing in type 'Message<…>'…"
wrap(sqs({ body: Order }), logger(), forUrls(), async () => {});
// @ts-expect-error 2339: an Order has no field idd. "Property 'idd' does not exist on type '{ id: string; … }'"
wrap(sqs({ body: Order }), logger(), once({ key: ({ body }) => body.idd }), async () => {});
// @ts-expect-error 2339: no layer adds a trace
wrap(sqs({ body: Order }), logger(), async (_message, { trace }) => trace);
// @ts-expect-error 2345: two layers add ctx.log. "…not assignable to type '"ctx.log is already there: an earlier layer adds it"'"
wrap(sqs({ body: Order }), add("log", 1), logger(), async () => {});
// @ts-expect-error 2345: ctx.signal is Lamella's own
wrap(sqs({ body: Order }), add("signal", "x"), async () => {});
// @ts-expect-error 2345: the parentheses are missing
wrap(sqs({ body: Order }), logger, async () => {});
wrap(
  sqs({ body: Order }),
  // @ts-expect-error 2345: a function is not a layer
  (order: unknown) => order,
  async () => {},
);
// @ts-expect-error 2345: there is no handler
wrap(sqs({ body: Order }), logger());
// @ts-expect-error 2345: the handler does not stand last
wrap(sqs({ body: Order }), async () => {}, logger());
// @ts-expect-error 2739: the source is missing. "…is missing the following properties from type 'Source<Kind>'…"
wrap(logger(), async () => {});
// @ts-expect-error 2345: reserve takes an Order, the source opens strings
wrap(sqs(), logger(), reserve);
// @ts-expect-error 2561: "'boddy' does not exist in type 'SqsOptions<string>'. Did you mean to write 'body'?"
wrap(sqs({ boddy: Order }), async () => {});
// @ts-expect-error 2322: 5 is neither a schema nor a codec
wrap(sqs({ body: 5 }), async () => {});
// @ts-expect-error 2345: the reply is built from what happened
wrap(sqs({ body: Order }), async () => ({ batchItemFailures: [] }));
// @ts-expect-error 2322: the verdicts are "retry" and "ignore"
wrap(sqs({ body: Order, onFailure: "skip" }), async () => {});
wrap(
  sqs({
    body: Order,
    // @ts-expect-error 2322: a verdict is missing on one path
    onFailure: (error) => (error ? "ignore" : undefined),
  }),
  async () => {},
);

// A copy of ctx does not have the members that are made on first use, and the compiler says so.
wrap(sqs(), logger(), async (_message, ctx) => {
  const copy = { ...ctx };
  copy.log.info(copy.lambda.awsRequestId);
  // @ts-expect-error 2339: the signal is an accessor
  copy.signal;
  // @ts-expect-error 2339: so is the deadline
  copy.deadline;
  // @ts-expect-error 2339: and the delivery
  copy.delivery;
});
