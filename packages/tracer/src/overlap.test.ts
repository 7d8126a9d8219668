import { setImmediate } from "node:timers/promises";
import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { type Node, treesOf } from "../test/daemon.ts";
import { header, PARENT, tracedContext, useXRay } from "../test/x-ray.ts";
import type { Trace } from "./trace.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

/** The same delays in every run, in turns of the event loop. */
function delays(): () => Promise<void> {
  let seed = 42;
  return async () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    for (let turn = (seed >> 8) % 6; turn > 0; turn--) await setImmediate();
  };
}

/** Work in three spans, of which each notes whose it is. */
async function work(name: string, trace: Trace, pause: () => Promise<void>): Promise<void> {
  await pause();
  trace.annotate("own", name);
  await trace.span("outer", async () => {
    await pause();
    trace.annotate("own", name);
    await Promise.all(
      ["left", "right"].map((side) =>
        trace.span(side, async () => {
          await pause();
          trace.annotate("own", name);
        }),
      ),
    );
    await pause();
  });
}

/** Whether the item's tree is whole and all of it is its own. */
function expectOwn(item: Node | undefined, name: string): void {
  const [outer, ...more] = item?.children ?? [];
  const all = [item, outer, ...(outer?.children ?? [])];
  expect(more).toEqual([]);
  expect(all.map((node) => node?.annotations?.["own"])).toEqual([name, name, name, name]);
  expect(outer?.children.map((child) => child.name).toSorted()).toEqual(["left", "right"]);
}

// A second on a machine that has nothing else to do.
describe("1,000 items that overlap", { timeout: 60_000 }, () => {
  it("keep their spans, as invocations of their own", async () => {
    const pause = delays();
    const handler = wrap(direct<string>(), tracer(), (name, { trace }) => work(name, trace, pause));
    const traceOf = (index: number): string => `1-5759e988-${String(index).padStart(24, "0")}`;

    // Fifty at once, and the next starts when one ends: a socket does not hold the packets of a thousand.
    let started = 0;
    const lane = async (): Promise<void> => {
      while (started < 1_000) {
        const index = started++;
        await handler(`item ${index}`, tracedContext(header(traceOf(index))));
      }
    };
    await Promise.all(Array.from({ length: 50 }, lane));

    const documents = await xray().received(5_000);
    expect(documents).toHaveLength(5_000);
    const byTrace = Map.groupBy(documents, ({ trace_id }) => trace_id);
    for (let index = 0; index < 1_000; index++) {
      const [invocation, ...more] = treesOf(byTrace.get(traceOf(index)) ?? [], PARENT);
      expect(more).toEqual([]);
      expect(invocation?.children).toHaveLength(1);
      expectOwn(invocation?.children[0], `item ${index}`);
    }
  });

  it("keep their spans, as batches of 100 messages", async () => {
    const pause = delays();
    const handler = wrap(sqs({ concurrency: 100 }), tracer(), ({ body }, { trace }) => work(body, trace, pause));

    for (let batch = 0; batch < 10; batch++) {
      xray().clear();
      const names = Array.from({ length: 100 }, (_, index) => `item ${batch * 100 + index}`);

      await handler(sqsEvent(names.map((body) => ({ body }))), tracedContext());

      const [invocation] = treesOf(await xray().received(401), PARENT);
      expect(invocation?.children).toHaveLength(100);
      const items = new Map(invocation?.children.map((item) => [item.annotations?.["own"], item]));
      for (const name of names) expectOwn(items.get(name), name);
    }
  });
});
