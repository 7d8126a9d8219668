import { direct, layer, ready, resource, wrap } from "@lamella/core";

interface Event {
  readonly id: string;
  readonly waitFor: number;
}

let running = 0;
const meeting = new Set<() => void>();

const db = resource("db", { init: async () => ({ made: ++made }), shutdown: () => console.log("db closed") });
let made = 0;

const own = layer("own", async (event: Event, _ctx, next) => next({ own: event.id }));

export const handler = await ready(
  wrap(direct<Event>(), db, own, async ({ id, waitFor }, ctx) => {
    running++;
    if (running < waitFor) await new Promise<void>((resolve) => meeting.add(resolve));
    for (const meet of meeting) meet();
    const seen = { id, own: ctx.own, request: ctx.lambda.awsRequestId, tenant: ctx.lambda.tenantId, made: ctx.db.made, running };
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return seen;
  }),
);
