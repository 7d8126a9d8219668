import { layer, layers, whole, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { httpApi } from "@lamella/http";
import { logger } from "@lamella/logger";
import { it } from "vitest";
import { z } from "zod";
import { idempotency, idempotencyKey, steps } from "./index.ts";
import { memoryStore } from "./memory.ts";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.number() });
const store = memoryStore();

it("infers the item and the context of the key, wherever it stands", () => {
  wrap(
    sqs({ body: Order }),
    logger(),
    idempotency({ store, key: ({ body }, { log, lambda }) => (log.info("x"), body.id + lambda.awsRequestId) }),
    async ({ body }, { log }) => log.info(body.sku),
  );
  wrap(
    sqs({ body: Order }),
    idempotency({ store, key: ({ body }) => [body.id, body.quantity] }),
    idempotency({ store, scope: "b", key: ({ id }) => id }),
    async () => {},
  );
  wrap(
    httpApi({ body: Order }),
    idempotency({ store, key: ({ body }) => body.id, payload: ({ body }) => body.quantity }),
    async ({ body }) => ({ id: body.id }),
  );
  wrap(httpApi(), idempotency({ store, key: idempotencyKey() }), async () => "done");
});

it("infers what a step gives", () => {
  wrap(sqs({ body: Order }), steps({ store, key: ({ body }) => body.id }), async ({ body }, { once }) => {
    const count: number = await once("count", () => body.quantity);
    const text: string = await once("text", async () => body.sku);
    // @ts-expect-error 2322: the step gives a number
    const wrong: string = await once("count", () => count);
    return [text, wrong];
  });
});

it("refuses a key of what the item does not have", () => {
  // @ts-expect-error 2551: the body has no idd
  wrap(sqs({ body: Order }), idempotency({ store, key: ({ body }) => body.idd }), async () => {});
  // @ts-expect-error 2339: a whole batch has no body
  wrap(whole(sqs({ body: Order })), idempotency({ store, key: ({ body }) => body.id }), async () => {});
  // @ts-expect-error 2322: an object is no key
  wrap(sqs({ body: Order }), idempotency({ store, key: ({ body }) => body }), async () => {});
});

it("refuses the header's key where there are no headers", () => {
  // @ts-expect-error 2345: a message has no headers
  wrap(sqs(), idempotency({ store, key: idempotencyKey() }), async () => {});
});

it("refuses a key that reads what a later layer adds", () => {
  const user = layer("user", async (_item, _ctx, next) => next({ user: "u" }));
  // @ts-expect-error 2339: the user comes after it
  wrap(sqs(), idempotency({ store, key: (_item, ctx) => ctx.user }), user, async () => {});
});

it("refuses two layers of steps, and options that do not exist", () => {
  // @ts-expect-error 2345: ctx.once is already there
  wrap(sqs(), steps({ store, key: ({ id }) => id }), steps({ store, key: ({ id }) => id }), async () => {});
  // @ts-expect-error 2353: there is no ttl
  wrap(sqs(), idempotency({ store, key: ({ id }) => id, ttl: 5 }), async () => {});
  // @ts-expect-error 2345: a store is needed
  wrap(sqs(), idempotency({ key: ({ id }) => id }), async () => {});
});

it("stands in presets, where the key's item is annotated", () => {
  const once = layers(logger(), idempotency({ store, key: ({ id }: { readonly id: string }) => id }));
  wrap(sqs(), once, async (_message, { log }) => log.info("x"));
});
