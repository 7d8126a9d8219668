import { direct, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { sqsEvent } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { type Document, namesOf, treesOf } from "../test/daemon.ts";
import { PARENT, tracedContext, useXRay } from "../test/x-ray.ts";
import type { Trace } from "./trace.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

/** Runs `work` as an item's handler, and gives what it gave and the documents by name. */
async function traced<Result>(work: (trace: Trace) => Result | Promise<Result>, count: number) {
  let ended: { readonly result: Awaited<Result> } | { readonly error: unknown } | undefined;
  const handler = wrap(direct(), tracer(), async (_event, { trace }) => {
    try {
      ended = { result: await work(trace) };
    } catch (error) {
      ended = { error };
    }
  });
  await handler({}, tracedContext());
  const documents = await xray().received(count);
  return {
    ended,
    documents,
    byName: Object.fromEntries(documents.map((document) => [document.name, document])) as Record<string, Document>,
  };
}

describe("ctx.trace.span", () => {
  it("gives at once what the work gives at once", async () => {
    const { ended, byName } = await traced((trace) => {
      const result: number = trace.span("sum", () => 1 + 1);
      return result;
    }, 3);

    expect(ended).toEqual({ result: 2 });
    expect(byName["sum"]).toMatchObject({ end_time: expect.any(Number) });
  });

  it("is closed when the promise of the work settles, before anybody goes on", async () => {
    let isOpen: unknown;
    const { byName } = await traced(async (trace) => {
      await trace.span("later", async () => {
        await Promise.resolve();
        trace.annotate("in", true);
      });
      trace.annotate("after", true);
      isOpen = false;
    }, 3);

    expect(isOpen).toBe(false);
    expect(byName["later"]?.annotations).toEqual({ in: true });
    expect(byName["direct"]?.annotations).toEqual({ after: true });
  });

  it("nests spans as the work does, side by side as well", async () => {
    const { documents } = await traced(async (trace) => {
      await trace.span("outer", () =>
        Promise.all(["left", "right"].map((side) => trace.span(side, async () => trace.span(`${side} inner`, () => Promise.resolve())))),
      );
      await trace.span("next", async () => {});
    }, 8);

    expect(namesOf(treesOf(documents, PARENT))).toEqual([
      [
        "## index.handler",
        [
          [
            "direct",
            [
              [
                "outer",
                [
                  ["left", ["left inner"]],
                  ["right", ["right inner"]],
                ],
              ],
              "next",
            ],
          ],
        ],
      ],
    ]);
  });

  it.for([
    { that: "an error", thrown: new TypeError("no stock"), noted: { message: "no stock", type: "TypeError" } },
    { that: "a frozen error", thrown: Object.freeze(new Error("frozen")), noted: { message: "frozen", type: "Error" } },
    { that: "a text", thrown: "no stock", noted: { message: "no stock", type: "" } },
    { that: "undefined", thrown: undefined, noted: undefined },
    { that: "a number", thrown: 42, noted: undefined },
  ])("notes $that that is thrown, and throws it untouched", async ({ thrown, noted }) => {
    for (const work of [
      () => {
        throw thrown;
      },
      () => Promise.reject(thrown),
    ]) {
      xray().clear();
      const keys = typeof thrown === "object" ? Reflect.ownKeys(thrown) : [];
      const { ended, byName } = await traced((trace) => trace.span("fails", work as () => unknown), 3);

      expect(ended).toHaveProperty("error");
      expect((ended as { error: unknown }).error).toBe(thrown);
      expect(typeof thrown === "object" ? Reflect.ownKeys(thrown) : []).toEqual(keys);
      expect(byName["fails"]).toMatchObject({ fault: true });
      expect(byName["fails"]?.cause?.exceptions?.[0]).toEqual(noted && expect.objectContaining(noted));
      expect(byName["direct"]).not.toHaveProperty("fault");
    }
  });

  it("asks a lazy query for its result once", async () => {
    let runs = 0;
    // As query builders are: run by `then`.
    class Query {
      // oxlint-disable-next-line unicorn/no-thenable -- that is what such a query is
      then(resolve: (rows: number) => void): void {
        runs++;
        resolve(3);
      }
    }

    const { ended, byName } = await traced(
      async (trace) => await trace.span("query", () => new Query() as unknown as PromiseLike<number>),
      3,
    );

    expect({ ended, runs }).toEqual({ ended: { result: 3 }, runs: 1 });
    expect(byName["query"]).toBeDefined();
  });

  it("leaves a failure that nobody handles unhandled", async () => {
    const unhandled = vi.fn();
    const before = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.once("unhandledRejection", unhandled);
    const error = new Error("nobody handles it");

    await traced((trace) => void trace.span("fails", () => Promise.reject(error)), 3);

    expect(unhandled).toHaveBeenCalledWith(error, expect.anything());
    for (const listener of before) process.on("unhandledRejection", listener);
  });

  it("gives names, keys and values a form that X-Ray takes", async () => {
    const { byName } = await traced((trace) => {
      trace.span("GET /orders/{id}?x=<1>", () => trace.annotate("order-id", "x".repeat(1_001)));
      trace.span("n".repeat(201), () => {});
      trace.span("", () => {});
    }, 5);

    expect(Object.keys(byName)).toEqual(expect.arrayContaining(["GET /orders/:id_x=_1_", "n".repeat(200), "_"]));
    expect(byName["GET /orders/:id_x=_1_"]?.annotations).toEqual({ order_id: "x".repeat(1_000) });
  });

  it.for([Number.NaN, Symbol("no"), { no: "object" }])("leaves out an annotation that X-Ray does not take: %s", async (value) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(console, "warn").mockImplementation(() => {});

    const { ended, byName } = await traced((trace) => trace.annotate("key", value as never), 2);

    expect(ended).toEqual({ result: undefined });
    expect(byName["direct"]).not.toHaveProperty("annotations");
  });

  it("is found by its methods alone", async () => {
    const { byName } = await traced(({ span, annotate, headers }) => {
      span("alone", () => annotate("parent", headers()["X-Amzn-Trace-Id"]?.split(";")[1] ?? ""));
    }, 3);

    expect(byName["alone"]?.annotations).toEqual({ parent: `Parent=${byName["alone"]?.id}` });
  });

  it("stays with its item, whoever's code it is called in", async () => {
    const traces: Trace[] = [];
    let both = (): void => {};
    const bothThere = new Promise<void>((resolve) => (both = resolve));
    const handler = wrap(sqs({ concurrency: 2 }), tracer(), async ({ body }, { trace }) => {
      traces.push(trace);
      if (traces.length === 2) both();
      await bothThere;
      // As a data loader does: the second message's course serves both.
      if (body === "b") for (const [index, each] of traces.entries()) each.span(`of ${index}`, () => each.annotate("index", index));
    });

    await handler(sqsEvent([{ body: "a" }, { body: "b" }]), tracedContext());

    const [invocation] = treesOf(await xray().received(5), PARENT);
    const items = invocation?.children.map(({ metadata, children }) => [
      metadata?.["orders"]?.["delivery"],
      children.map(({ name, annotations }) => [name, annotations]),
    ]);
    expect(items).toEqual([0, 1].map((index) => [expect.objectContaining({ index }), [[`of ${index}`, { index }]]]));
  });

  it("records nothing once its item is over, and still does the work", async () => {
    let late: Trace | undefined;
    await traced((trace) => void (late = trace), 2);
    xray().clear();

    expect(late?.span("late", () => "done")).toBe("done");
    late?.annotate("late", true);

    expect(await xray().received(0)).toEqual([]);
    expect(late?.headers()["X-Amzn-Trace-Id"]).toMatch(/Sampled=1/);
  });
});
