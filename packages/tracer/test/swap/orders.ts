import { type AnyLambda, type Layer, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { z } from "zod";
import type { Trace } from "../../src/trace.ts";

const Order = z.object({ id: z.string(), sku: z.string() });

/** A program that traces, and does not know with what. */
export function orders(tracing: Layer<unknown, {}, { readonly trace: Trace }>, reserve: (sku: string) => Promise<void>): AnyLambda {
  return wrap(sqs({ body: Order }), tracing, async ({ body }, { trace }) => {
    trace.annotate("order", body.id);
    await trace.span("reserve", () => reserve(body.sku));
    return trace.headers();
  });
}
