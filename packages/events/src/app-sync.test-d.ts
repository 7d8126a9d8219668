import { type Lambda, wrap } from "@lamella/core";
import type { AppSyncResolverHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { logger } from "../../core/test/stand-ins.ts";
import { type AnyResolverEvent, appSync, type Identity } from "./app-sync.ts";

const ById = z.object({ id: z.string() });
const Order = z.object({ id: z.string(), total: z.number() });

export const getOrder = wrap(
  appSync({ arguments: ById, result: Order }),
  logger(),
  async ({ arguments: { id }, identity, source }, { log }) => {
    same<typeof id, string>();
    same<typeof source, unknown>();
    same<typeof identity, Identity>();
    if (identity.kind === "cognito") log.info(identity.groups.join());
    return { id, total: 5 };
  },
);
same<typeof getOrder, Lambda<AnyResolverEvent, { id: string; total: number }>>();
export const asAws: AppSyncResolverHandler<
  Record<string, unknown>,
  { id: string; total: number },
  Record<string, unknown> | null
> = getOrder;

wrap(appSync({ source: Order }), async ({ source, arguments: args }) => {
  same<typeof source, { id: string; total: number }>();
  same<typeof args, Readonly<Record<string, unknown>>>();
  return source.total;
});
// @ts-expect-error 2322: the result lacks its total
wrap(appSync({ result: Order }), async () => ({ id: "1" }));
// @ts-expect-error 2339: the arguments have no such member
wrap(appSync({ arguments: ById }), async ({ arguments: args }) => args.name);
// @ts-expect-error 2339: an API key has no groups
wrap(appSync(), async ({ identity }) => identity.groups);
// @ts-expect-error 2322: arguments take a schema
appSync({ arguments: { id: "string" } });
