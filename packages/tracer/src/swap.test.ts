import { lambdaContext, sqsEvent } from "@lamella/testing";
import { expect, it } from "vitest";
import { namesOf, treesOf } from "../test/daemon.ts";
import { orders } from "../test/swap/orders.ts";
import { PARENT, tracedContext, useXRay } from "../test/x-ray.ts";
import { otel } from "./otel/otel.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

it.for([
  { where: "the invocation is traced", tracing: tracer, context: tracedContext, spans: [["## index.handler", [["sqs", ["reserve"]]]]] },
  {
    where: "it is not",
    tracing: tracer,
    context: () => lambdaContext({ xRayTraceId: `Root=1-5759e988-bd862e3fe1be46a994272793` }),
    spans: [],
  },
  { where: "otel() has taken its place", tracing: otel, context: tracedContext, spans: [] },
])("a program that traces runs unchanged behind tracer() and otel(), where $where", async ({ tracing, context, spans }) => {
  const reserved: string[] = [];
  const handler = orders(tracing(), async (sku) => void reserved.push(sku));

  const reply = await handler(sqsEvent([{ body: { id: "1", sku: "pen" } }]) as never, context());

  expect([reply, reserved]).toEqual([{ batchItemFailures: [] }, ["pen"]]);
  expect(namesOf(treesOf(await xray().received(spans.length * 3), PARENT))).toEqual(spans);
});
