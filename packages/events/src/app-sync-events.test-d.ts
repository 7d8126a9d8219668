import { type BatchSource, type Lambda, whole, wrap } from "@lamella/core";
import type { Handler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { logger } from "../../core/test/stand-ins.ts";
import {
  type AppSyncEventsEvent,
  type AppSyncEventsKind,
  type AppSyncEventsReply,
  appSyncEvents,
  drop,
  operations,
  type Published,
  type Subscribing,
} from "./app-sync-events.ts";

const Message = z.object({ text: z.string() });
type Message = z.output<typeof Message>;

export const chat = wrap(appSyncEvents({ payload: Message }), logger(), async (item, { log }) => {
  same<typeof item, Published<Message> | Subscribing>();
  log.info(item.channel);
  if (item.operation === "SUBSCRIBE") {
    same<typeof item.payload, undefined>();
    return undefined;
  }
  same<typeof item.payload, Message>();
  return item.payload.text === "" ? drop() : item.payload;
});
same<typeof chat, Lambda<AppSyncEventsEvent, AppSyncEventsReply>>();
export const asAws: Handler<AppSyncEventsEvent, AppSyncEventsReply> = chat;

const source = appSyncEvents({ payload: Message });
same<typeof source, BatchSource<AppSyncEventsKind<Message>>>();
wrap(whole(source), async ({ items }) => void items.length);
wrap(
  source,
  logger(),
  operations({
    publish: async (published, { log }) => {
      same<typeof published, Published<Message>>();
      log.info(published.payload.text);
    },
    subscribe: (subscribing) => same<typeof subscribing, Subscribing>(),
  }),
);
wrap(appSyncEvents(), operations({ publish: ({ payload }) => same<typeof payload, unknown>() }));

// @ts-expect-error 2339: the payload has no such member
wrap(source, operations({ publish: ({ payload }) => payload.txt }));
// @ts-expect-error 18048: a subscription has no payload
wrap(source, async ({ payload }) => payload.text);
// @ts-expect-error 2322: the payload takes a schema
appSyncEvents({ payload: "text" });
// @ts-expect-error 2353: nothing comes again, so there is nothing to decide
appSyncEvents({ onFailure: "ignore" });
