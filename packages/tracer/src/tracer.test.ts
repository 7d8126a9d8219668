import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { namesOf, treesOf } from "../test/daemon.ts";
import { PARENT, tracedContext, useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

describe("tracer()", () => {
  it("writes a subsegment for the invocation, one for each item, and one for each span", async () => {
    const handler = wrap(sqs({ concurrency: 10 }), tracer({ service: "orders" }), async ({ body }, { trace }) => {
      await trace.span("outer", async () => {
        await Promise.resolve();
        trace.annotate("body", body);
        await trace.span("inner", () => Promise.resolve());
      });
    });

    await handler(sqsEvent([{ body: "a" }, { body: "b" }]), tracedContext());

    const documents = await xray().received(7);
    console.log(JSON.stringify(documents, null, 1));
    expect(namesOf(treesOf(documents, PARENT))).toEqual([
      [
        "## index.handler",
        [
          ["sqs", [["outer", ["inner"]]]],
          ["sqs", [["outer", ["inner"]]]],
        ],
      ],
    ]);
  });
});
