import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { tracer } from "@lamella/tracer";

export const handler = wrap(sqs(), tracer({ service: "orders" }), async ({ body }, { trace }) => {
  trace.annotate("order", body);
  await trace.span("reserve", async () => {
    if (body.startsWith("http")) await fetch(body);
    if (body === "bad") throw new Error("no stock");
  });
  // What the X-Ray SDK keeps its contexts in.
  console.log("loaded", (process as { readonly namespaces?: object }).namespaces !== undefined);
});
