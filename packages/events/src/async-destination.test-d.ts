import { type Lambda, layer, wrap } from "@lamella/core";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type AsyncDestinationEvent, asyncDestination, type InvocationError } from "./async-destination.ts";

const Order = z.object({ id: z.string() });
const Receipt = z.object({ receipt: z.string() });

const handler = wrap(asyncDestination({ request: Order, response: Receipt }), async ({ condition, request, response, error }) => {
  same<typeof request, { id: string }>();
  if (condition === "Success") {
    same<typeof response, { receipt: string }>();
    same<typeof error, undefined>();
  } else {
    same<typeof response, undefined>();
    same<typeof error, InvocationError | undefined>();
    same<typeof condition, "EventAgeExceeded" | "RetriesExhausted">();
  }
});
same<typeof handler, Lambda<AsyncDestinationEvent, void>>();
wrap(asyncDestination(), async ({ request }) => same<typeof request, unknown>());
wrap(
  asyncDestination({ request: Order }),
  layer("reads", async (item: { readonly request: { readonly id: string } }, _ctx, next) => next({ order: item.request.id })),
  async (_record, { order }) => same<typeof order, string>(),
);
// @ts-expect-error 18048: an event that never ran has no error
wrap(asyncDestination(), async (record) => void (record.condition === "Success" ? "" : record.error.message));
// @ts-expect-error 2322: not a schema
asyncDestination({ request: "Order" });
// @ts-expect-error 2561: "Did you mean to write 'request'?"
asyncDestination({ requests: Order });
// @ts-expect-error 2367: a stream's condition
wrap(asyncDestination(), async ({ condition }) => void (condition === "RetryAttemptsExhausted"));
