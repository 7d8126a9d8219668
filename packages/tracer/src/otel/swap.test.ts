import { lambdaContext, sqsEvent } from "@lamella/testing";
import { expect, it } from "vitest";
import { namesOf, treesOf } from "../../test/daemon.ts";
import { sdk, trees } from "../../test/otel/sdk.ts";
import { orders } from "../../test/swap/orders.ts";
import { PARENT, tracedContext, useXRay } from "../../test/x-ray.ts";
import { tracer } from "../tracer.ts";
import { otel } from "./otel.ts";

const xray = useXRay();
const event = sqsEvent([{ body: { id: "order-1", sku: "pen" } }]);
const reserved: string[] = [];
const reserve = async (sku: string): Promise<void> => void reserved.push(sku);

it("one program traces with X-Ray and with OpenTelemetry, and its handler stays as it is", async () => {
  const exporter = sdk();
  const [withXRay, withOtel] = [orders(tracer(), reserve), orders(otel(), reserve)];

  const replies = [await withXRay(event as never, tracedContext()), await withOtel(event as never, tracedContext())];

  expect([replies, reserved]).toEqual([
    [{ batchItemFailures: [] }, { batchItemFailures: [] }],
    ["pen", "pen"],
  ]);
  const documents = await xray().received(3);
  expect(namesOf(treesOf(documents, PARENT))).toEqual([["## index.handler", [["sqs", ["reserve"]]]]]);
  expect(documents.flatMap(({ annotations }) => annotations?.["order"] ?? [])).toEqual(["order-1"]);
  const spans = exporter.getFinishedSpans();
  expect(trees(spans)).toEqual([{ name: "process queue", spans: [{ name: "process queue", spans: [{ name: "reserve" }] }] }]);
  expect(spans.flatMap(({ attributes }) => attributes["order"] ?? [])).toEqual(["order-1"]);
  // Both are below the segment that Lambda writes, so that a move of one function leaves traces whole.
  expect(spans.at(-1)?.parentSpanContext?.spanId).toBe(PARENT);
});

it("one program runs where neither traces", async () => {
  reserved.length = 0;
  for (const tracing of [tracer({ enabled: false }), otel()]) await orders(tracing, reserve)(event as never, lambdaContext());
  expect(reserved).toEqual(["pen", "pen"]);
});
