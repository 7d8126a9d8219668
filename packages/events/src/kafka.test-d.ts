import { text, wrap } from "@lamella/core";
import type { Context, Handler, MSKEvent, SelfManagedKafkaEvent } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type KafkaBatchResponse, kafka } from "./kafka.ts";

const Order = z.object({ id: z.string() });
type Order = z.output<typeof Order>;

const handler = wrap(kafka({ key: text(), value: Order }), async ({ key, value, headers, timestamp }) => {
  same<typeof key, string | undefined>();
  same<typeof value, Order | undefined>();
  same<typeof timestamp, Date>();
  same<(typeof headers)["trace"], string | undefined>();
});
const typed: (event: MSKEvent | SelfManagedKafkaEvent, context: Context) => Promise<KafkaBatchResponse> = handler;
const msk: Handler<MSKEvent> = handler;
const own: Handler<SelfManagedKafkaEvent, KafkaBatchResponse> = handler;
void [typed, msk, own];

wrap(kafka(), async ({ key, value }) => {
  same<typeof key, Uint8Array | undefined>();
  same<typeof value, Uint8Array | undefined>();
});
wrap(kafka({ value: Order, tombstones: "ignore" }), async ({ value }) => same<typeof value, Order>());
wrap(kafka({ value: Order, tombstones: "fail" }), async ({ value }) => same<typeof value, Order>());
wrap(kafka({ value: Order, tombstones: "pass" }), async ({ value }) => same<typeof value, Order | undefined>());
wrap(kafka({ onFailure: (_error, { offset }) => (offset > 1 ? "ignore" : "retry") }), async () => {});

// @ts-expect-error 18048: the value of a tombstone is missing
wrap(kafka({ value: Order }), async ({ value }) => value.id);
// @ts-expect-error 2345: the reply is built from what happened
wrap(kafka(), async () => ({ batchItemFailures: [] }));
// @ts-expect-error 2322: none of the words
kafka({ tombstones: "drop" });
// @ts-expect-error 2322: not a schema
kafka({ value: "Order" });
