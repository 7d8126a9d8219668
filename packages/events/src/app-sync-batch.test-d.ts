import { whole, wrap } from "@lamella/core";
import type { AppSyncBatchResolverHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type AppSyncBatchResult, appSyncBatch } from "./app-sync-batch.ts";

const Order = z.object({ id: z.string() });
const Lines = z.array(z.object({ sku: z.string() }));
type Lines = z.output<typeof Lines>;

const handler: AppSyncBatchResolverHandler<Record<string, unknown>, AppSyncBatchResult<Lines>> = wrap(
  appSyncBatch({ source: Order, result: Lines }),
  async ({ source, arguments: args }) => {
    same<typeof source.id, string>();
    same<(typeof args)["limit"], unknown>();
    return [{ sku: source.id }];
  },
);
void handler;
wrap(appSyncBatch(), async () => {});
wrap(whole(appSyncBatch({ source: Order, result: Lines })), async ({ items }) => items.map(({ source }) => [{ sku: source.id }]));

// @ts-expect-error 2345: the result is a list of lines
wrap(appSyncBatch({ result: Lines }), async () => "pen");
// @ts-expect-error 2345: a whole batch is answered with a list of results
wrap(whole(appSyncBatch({ result: Lines })), async () => [{ sku: "pen" }]);
// @ts-expect-error 2339: without a schema the parent may be anything
wrap(appSyncBatch(), async ({ source }) => source.id);
