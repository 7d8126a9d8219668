import { whole, wrap } from "@lamella/core";
import type { FirehoseTransformationHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { drop, type FirehoseRecord, firehose, keep } from "./firehose.ts";

const Click = z.object({ page: z.string() });
type Click = z.output<typeof Click>;

const handler: FirehoseTransformationHandler = wrap(firehose({ data: Click }), async ({ data, origin }) => {
  same<typeof data, Click>();
  if (origin.kind === "kinesis") return keep(data, { partitionKeys: { shard: origin.shardId } });
  return data.page === "" ? drop() : { ...data, seen: true };
});
void handler;
wrap(firehose(), async ({ data }) => data);
wrap(firehose(), ({ data }) => data.toString());
wrap(firehose({ data: Click }), async ({ data }) => data);
wrap(firehose(), async () => [1, 2]);

wrap(whole(firehose({ data: Click })), async ({ items, fail }) => {
  same<typeof items, readonly FirehoseRecord<Click>[]>();
  fail(items[0] as never, new Error("no"));
  return items.map(({ data }) => (data.page === "" ? drop() : data));
});

// @ts-expect-error 2345: nothing is no data; drop() removes a record
wrap(firehose(), async () => {});
// @ts-expect-error 2345: a number is no data
wrap(firehose(), async () => 1);
// @ts-expect-error 2345: data may be missing here
wrap(firehose(), async ({ data }) => (data.length > 0 ? "x" : undefined));
// @ts-expect-error 2345: a whole batch is answered with a list
wrap(whole(firehose()), async () => {});
// @ts-expect-error 2345: a list of answers, and no numbers
wrap(whole(firehose()), async ({ items }) => items.map(() => 1));
// @ts-expect-error 2339: Kinesis alone has shards
wrap(firehose(), async ({ origin }) => origin.shardId);
// @ts-expect-error 2322: partition keys are text
keep("x", { partitionKeys: { year: 2026 } });
// @ts-expect-error 2322: not a schema
firehose({ data: "Click" });
