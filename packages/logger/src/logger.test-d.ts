import type { Logger } from "@aws-lambda-powertools/logger";
import {
  type ContextOf,
  direct,
  type HandlerOf,
  type Kind,
  type Lambda,
  type Layer,
  layer,
  layers,
  type Source,
  wrap,
} from "@lamella/core";
import { type SQSBatchResponse, type SQSEvent, sqs } from "@lamella/events/sqs";
import { it } from "vitest";
import { z } from "zod";
import { same } from "../test/same.ts";
import { type InstanceOptions, type Log, type LoggerOptions, logger } from "./index.ts";

declare const instance: Logger;
const Order = z.object({ id: z.string() });

it("adds ctx.log to whatever stands behind it", () => {
  const handler = wrap(sqs({ body: Order }), logger({ service: "orders" }), async ({ body }, { log }) => {
    same<typeof log, Log>();
    same<typeof body, { id: string }>();
    log.info("x", { id: body.id });
  });
  same<typeof handler, Lambda<SQSEvent, SQSBatchResponse>>();

  const user = layer("user", async (_item, { log }: { readonly log: Log }, next) => (log.info("x"), next({ user: 1 })));
  wrap(direct(), logger(), user, async (_event, ctx) => same<typeof ctx.user, number>());
  // @ts-expect-error user needs ctx.log, which logger() adds only after it
  wrap(direct(), user, logger(), async () => {});
  // @ts-expect-error nothing adds ctx.log
  wrap(sqs(), async (_item, { log }) => log);
});

it("adds ctx.log once", () => {
  // @ts-expect-error ctx.log is already there: an earlier layer adds it
  wrap(sqs(), logger(), logger(), async () => {});
  // @ts-expect-error ctx.log is already there: an earlier layer adds it
  layers(logger(), logger());
});

it("is a layer for every kind of item, alone and in presets", () => {
  const alone = logger();
  same<typeof alone, Layer<unknown, {}, { readonly log: Log }>>();
  const preset = layers(
    logger({ level: "DEBUG" }),
    layer("a", async (_item, _ctx, next) => next({ a: 1 })),
  );
  same<typeof preset, Layer<unknown, {}, { readonly log: Log; readonly a: number }>>();
  same<ContextOf<typeof alone>["log"], Log>();
  // @ts-expect-error a layer is what logger() returns, not the function itself
  wrap(sqs(), logger, async () => {});

  // A team's own wrap, generic in the source.
  function worker<K extends Kind>(source: Source<K>, handler: HandlerOf<K, { readonly log: Log }>): Lambda<K["event"], K["reply"]> {
    return wrap(source, logger(), handler);
  }
  worker(sqs({ body: Order }), async ({ body }, { log }) => log.info(body.id));
});

it("gives correlationId the item, with nothing to annotate", () => {
  wrap(sqs({ body: Order }), logger({ correlationId: ({ body }, { lambda }) => body.id + lambda.awsRequestId }), async () => {});
  wrap(sqs({ body: Order }), logger({ instance, correlationId: ({ body }) => body.id }), async () => {});
  // @ts-expect-error the body of an Order has no `idd`
  wrap(sqs({ body: Order }), logger({ correlationId: ({ body }) => body.idd }), async () => {});
  // @ts-expect-error a correlation id is a text
  wrap(sqs({ body: Order }), logger({ correlationId: () => 1 }), async () => {});
});

it("takes options of Powertools' names, and of ours", () => {
  logger({ serviceName: "orders", logLevel: "debug", persistentKeys: { team: "a" }, sampleRateValue: 0.1, logRecordOrder: ["message"] });
  logger({ service: "orders", level: "DEBUG", logBufferOptions: { maxBytes: 1 } });
  logger({ service: undefined, level: undefined, instance: undefined });
  same<keyof LoggerOptions<unknown>, keyof InstanceOptions<unknown>>();
  // @ts-expect-error there is no option `servce`
  logger({ servce: "orders" });
  // @ts-expect-error LOUD is no level
  logger({ level: "LOUD" });
  // @ts-expect-error a service is named by a text
  logger({ service: 1 });
  // @ts-expect-error the logger writes `level` itself
  logger({ persistentKeys: { level: "x" } });
});

it("takes an instance with its own options, and none beside it", () => {
  logger({ instance });
  logger({ instance, service: undefined });
  // @ts-expect-error the instance has its service already
  logger({ instance, service: "orders" });
  // @ts-expect-error the instance has its level already
  logger({ instance, logLevel: "INFO" });
  // @ts-expect-error a console is no Powertools logger
  logger({ instance: console });
});

it("is a log as Powertools' users know it", () => {
  const use = (log: Log): void => log.info("x");
  // A Powertools logger fits where a Log is asked for, and a child is one.
  use(instance);
  wrap(direct(), logger(), async (_event, { log }) => {
    same<ReturnType<typeof log.createChild>, Logger>();
    log.error("x", new Error("y"));
    log.info({ message: "x", sku: "a" });
    // @ts-expect-error the logger writes `level` itself
    log.appendKeys({ level: "x" });
    // @ts-expect-error a line has a message
    log.info({ sku: "a" });
    // @ts-expect-error a Log is no Powertools Logger: it has only what stays with its item
    const whole: Logger = log;
    return whole;
  });
});
