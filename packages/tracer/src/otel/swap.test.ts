import { type Layer, layer } from "@lamella/core";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { expect, it } from "vitest";
import { sdk, trees } from "../../test/otel/sdk.ts";
import { orders } from "../../test/swap/orders.ts";
import type { Trace } from "../trace.ts";
import { UNTRACED } from "./item-trace.ts";
import { otel } from "./otel.ts";

const nothing: Layer<unknown, {}, { readonly trace: Trace }> = layer("trace", async (_item, _ctx, next) => next({ trace: UNTRACED }));

it.for([
  { tracing: otel(), spans: [{ name: "process queue", spans: [{ name: "process queue", spans: [{ name: "reserve" }] }] }] },
  { tracing: nothing, spans: [] },
])("a program that traces runs unchanged behind $tracing.name", async ({ tracing, spans }) => {
  const exporter = sdk();
  const reserved: string[] = [];
  const handler = orders(tracing, async (sku) => void reserved.push(sku));

  const reply = await handler(sqsEvent([{ body: { id: "1", sku: "pen" } }]) as never, lambdaContext());

  expect([reply, reserved]).toEqual([{ batchItemFailures: [] }, ["pen"]]);
  expect(trees(exporter.getFinishedSpans())).toEqual(spans);
});
