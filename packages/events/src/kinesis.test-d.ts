import { bytes, codec, type ItemOf, json, type Lambda, layer, text, whole, wrap } from "@lamella/core";
import type { KinesisStreamHandler, KinesisStreamTumblingWindowHandler, S3Handler } from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import {
  type KinesisStreamBatchResponse,
  type KinesisStreamEvent,
  type KinesisStreamStateResponse,
  type KinesisStreamTumblingWindowEvent,
  kinesis,
  type StreamRecord,
} from "./kinesis.ts";

const Click = z.object({ page: z.string() });
type Click = z.output<typeof Click>;
const Totals = z.object({ clicks: z.number().default(0) });
type Totals = z.output<typeof Totals>;

// Data

const clicks = wrap(kinesis({ data: Click }), async ({ data }) => same<typeof data, Click>());
same<typeof clicks, Lambda<KinesisStreamEvent, KinesisStreamBatchResponse>>();
wrap(kinesis(), async ({ data }) => same<typeof data, Uint8Array>());
wrap(kinesis({ data: text() }), async ({ data }) => same<typeof data, string>());
wrap(kinesis({ data: bytes() }), async ({ data }) => same<typeof data, Uint8Array>());
wrap(kinesis({ data: json() }), async ({ data }) => same<typeof data, unknown>());
wrap(kinesis({ data: codec((raw) => ({ size: raw.length })) }), async ({ data }) => same<typeof data, { size: number }>());
wrap(kinesis({ data: Click, concurrency: 10, deaggregate: false }), ({ data }) => data.page.length);
wrap(
  kinesis({ data: Click }),
  layer("page", async ({ data }: { readonly data: Click }, _ctx, next) => next({ page: data.page })),
  async ({ subSequenceNumber }, { page }) => {
    same<typeof page, string>();
    same<typeof subSequenceNumber, number | undefined>();
  },
);
const stream = kinesis({ data: Click });
same<ItemOf<typeof stream>, StreamRecord<Click>>();
// @ts-expect-error 2322: neither a codec nor a schema
kinesis({ data: 5 });
// @ts-expect-error 2339: a click has no user
wrap(kinesis({ data: Click }), async ({ data }) => data.user);
// @ts-expect-error 2345: the reply is built from what happened
wrap(kinesis(), async () => ({ batchItemFailures: [] }));

// whole

wrap(whole(kinesis({ data: Click })), async ({ items, fail }) => {
  for (const item of items) if (item.data.page === "") fail(item, new Error("no page"));
});

// Tumbling windows

const totals = wrap(whole(kinesis({ data: Click, state: Totals })), async ({ items, window, state, isFinal }) => {
  same<typeof items, readonly StreamRecord<Click>[]>();
  same<typeof state, Totals>();
  same<typeof window.start, Date>();
  same<typeof isFinal, boolean>();
  return { ...state, clicks: state.clicks + items.length };
});
same<typeof totals, Lambda<KinesisStreamTumblingWindowEvent, KinesisStreamStateResponse>>();
wrap(whole(kinesis({ state: Totals, initialState: () => ({ clicks: 1 }) })), async ({ state }) => state);
// @ts-expect-error 2345: the next state is missing, which Lambda takes for a failure
wrap(whole(kinesis({ state: Totals })), async () => {});
// @ts-expect-error 2345: the state has clicks
wrap(whole(kinesis({ state: Totals })), async () => ({ clicked: 1 }));
// @ts-expect-error 2345: "Its batches carry a state: write whole(source)"
wrap(kinesis({ state: Totals }), async () => {});
// @ts-expect-error 2322: the state begins with clicks
kinesis({ state: Totals, initialState: () => ({}) });
// @ts-expect-error 2339: without a state there is no window
wrap(whole(kinesis()), async ({ window }) => window);

// What AWS's own types accept

export const asStream: KinesisStreamHandler = clicks;
export const asWindow: KinesisStreamTumblingWindowHandler = totals;
// @ts-expect-error 2322: a Kinesis handler is no S3 handler
export const asS3: S3Handler = clicks;
