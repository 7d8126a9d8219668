import { ready, retry, wrap } from "@lamella/core";
import { schedule } from "@lamella/events/schedule";
import { logger } from "@lamella/logger";
import { db, secret } from "./database.ts";
import { isPassing, refreshWhenRefused } from "./refused.ts";

const DAY_MS = 86_400_000;

/** Every night: adds up the orders of the day before, and keeps the report. */
export const handler = await ready(
  wrap(
    schedule(),
    logger({ service: "reports" }),
    retry({ attempts: 4, backoffMs: 100, when: isPassing }),
    refreshWhenRefused(secret),
    // Inside of both, so that the next try has the pool that was made anew.
    db,
    async ({ scheduledAt }, { db, log }) => {
      const day = new Date(scheduledAt.getTime() - DAY_MS).toISOString().slice(0, 10);
      const sales = await db.salesOf(day);
      // The service calls twice now and then: the second report of a day takes the place of the first.
      await db.keep(day, sales);
      log.info("report kept", { day, products: sales.length, orders: sales.reduce((sum, { orders }) => sum + orders, 0) });
    },
  ),
);
