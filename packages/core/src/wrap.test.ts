import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { answer, direct, type Layer, layer, layers, needs, wrap } from "./index.ts";

const context = lambdaContext();

/** A layer that notes when it comes and goes. */
function noting(name: string, notes: string[]): Layer<unknown, {}, {}> {
  return layer(name, async (_item, _ctx, next) => {
    notes.push(`${name} in`);
    try {
      return await next();
    } finally {
      notes.push(`${name} out`);
    }
  });
}

describe("wrap", () => {
  it("gives a function of two parameters, as the Node.js 24 runtime asks", () => {
    expect(wrap(direct(), async () => 1)).toHaveLength(2);
    expect(wrap(sqs(), noting("a", []), async () => {})).toHaveLength(2);
  });

  it("gives the reply of the handler", async () => {
    const handler = wrap(direct<number, number>(), async (event) => event + 1);

    expect(await handler(1, context)).toBe(2);
  });

  it("takes a handler that is not asynchronous", async () => {
    expect(await wrap(direct<number, number>(), (event) => event + 1)(1, context)).toBe(2);
  });

  it("runs the layers outermost first, and unwinds them on success and on failure", async () => {
    const notes: string[] = [];
    const handler = wrap(direct<boolean, string>(), noting("a", notes), noting("b", notes), async (fails) => {
      notes.push("handler");
      if (fails) throw new Error("no");
      return "yes";
    });

    expect(await handler(false, context)).toBe("yes");
    await expect(handler(true, context)).rejects.toThrow("no");
    const once = ["a in", "b in", "handler", "b out", "a out"];
    expect(notes).toEqual([...once, ...once]);
  });

  it("gives each item what the layers add, and no other item", async () => {
    const seen: unknown[] = [];
    const handler = wrap(
      sqs(),
      layer("name", async ({ id }, _ctx, next) => next({ name: id })),
      layer("length", async (_item, { name }, next) => next({ length: name.length })),
      async (_item, ctx) => {
        await Promise.resolve();
        seen.push([ctx.delivery.id, ctx.name, ctx.length, Object.keys(ctx)]);
      },
    );
    const keys = ["lambda", "coldStart", "name", "length"];

    await handler(
      sqsEvent([
        { id: "a", body: "" },
        { id: "bb", body: "" },
      ]),
      context,
    );

    expect(seen).toEqual([
      ["a", "a", 1, keys],
      ["bb", "bb", 2, keys],
    ]);
  });

  it("keeps overlapping invocations apart", async () => {
    const handler = wrap(
      direct<{ wait: Promise<void>; name: string }, string[]>(),
      layer("name", async ({ name }, _ctx, next) => next({ added: name })),
      async ({ wait }, ctx) => {
        const before = ctx.added;
        await wait;
        return [before, ctx.added, ctx.lambda.awsRequestId, ctx.delivery.id];
      },
    );
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();

    const one = handler({ wait: first.promise, name: "one" }, lambdaContext({ awsRequestId: "1" }));
    const two = handler({ wait: second.promise, name: "two" }, lambdaContext({ awsRequestId: "2" }));
    second.resolve();
    first.resolve();

    expect(await Promise.all([one, two])).toEqual([
      ["one", "one", "1", "1"],
      ["two", "two", "2", "2"],
    ]);
  });

  it("lets a layer answer without the handler, and unwinds the layers outside of it", async () => {
    const notes: string[] = [];
    const inner = vi.fn(async () => "handler");
    const handler = wrap(
      direct<string, string>(),
      noting("a", notes),
      layer("cache", async () => answer("cached")),
      inner,
    );

    expect(await handler("x", context)).toBe("cached");
    expect(notes).toEqual(["a in", "a out"]);
    expect(inner).not.toHaveBeenCalled();
  });

  it("lets a layer turn a failure into an answer", async () => {
    const fallback = layer("fallback", async (_item, _ctx, next) => next().catch(() => answer("fallback")));
    const handler = wrap(direct<string, string>(), fallback, async () => Promise.reject(new Error("no")));

    expect(await handler("x", context)).toBe("fallback");
  });

  it.for([
    { when: "one after the other", around: async (next: () => Promise<never>) => (await next(), next()) },
    { when: "at once", around: async (next: () => Promise<never>) => (await Promise.all([next(), next()]))[0] },
    { when: "without looking at the first", around: async (next: () => Promise<never>) => (void next(), next()) },
  ])("rejects a layer that calls next twice, $when", async ({ around }) => {
    const handler = wrap(
      direct(),
      layer("eager", async (_item, _ctx, next) => around(next as () => Promise<never>)),
      async () => Promise.reject(new Error("unseen")),
    );

    const error = await handler("x", context).catch((thrown: unknown) => thrown);

    // Whichever failure comes first; an unhandled one would end the process.
    expect((error as Error).message).toMatch(/The layer "eager" called next\(\) twice for one item|unseen/);
  });

  it("says which layer called next twice", async () => {
    const handler = wrap(
      direct(),
      layer("eager", async (_item, _ctx, next) => (await next(), next())),
      async () => "x",
    );

    await expect(handler("x", context)).rejects.toMatchObject({
      code: "LAMELLA_NEXT_CALLED_TWICE",
      name: "NextCalledTwiceError",
      message: expect.stringContaining('"eager"'),
    });
  });

  it("lets a layer that declares it call next again", async () => {
    const inner = vi.fn(async () => "third");
    inner.mockRejectedValueOnce(new Error("first")).mockRejectedValueOnce(new Error("second"));
    const retry = layer(
      "retry",
      async (_item, _ctx, next) =>
        next()
          .catch(() => next())
          .catch(() => next()),
      { repeats: true },
    );

    expect(await wrap(direct(), noting("a", []), retry, noting("b", []), inner)("x", context)).toBe("third");
    expect(inner).toHaveBeenCalledTimes(3);
  });

  it("rejects an item whose layer neither called next nor answered", async () => {
    const forgets = layer("forgets", (async () => {}) as never);
    const { batchItemFailures } = await wrap(sqs({ whenAllFail: "report" }), forgets, async () => {})(
      sqsEvent([{ id: "a", body: "" }]),
      context,
    );

    expect(batchItemFailures).toEqual([{ itemIdentifier: "a" }]);
    await expect(wrap(direct(), forgets, async () => "x")("x", context)).rejects.toMatchObject({ code: "LAMELLA_NO_OUTCOME" });
  });

  it.for([
    { where: "before next", around: async () => Promise.reject(new Error("layer")) },
    {
      where: "after next",
      around: async (_item: unknown, _ctx: unknown, next: () => Promise<unknown>) => next().then(() => Promise.reject(new Error("layer"))),
    },
    {
      where: "before it returns a promise",
      around: () => {
        throw new Error("layer");
      },
    },
  ])("fails an item, and no other, when a layer fails $where", async ({ around }) => {
    const fails = layer("fails", async (item: { readonly id: string }, ctx, next) =>
      item.id === "bad" ? (around(item, ctx, next as never) as never) : next(),
    );
    const notes: string[] = [];

    const { batchItemFailures } = await wrap(sqs(), noting("a", notes), fails, async () => {})(
      sqsEvent([
        { id: "bad", body: "" },
        { id: "good", body: "" },
      ]),
      context,
    );

    expect(batchItemFailures).toEqual([{ itemIdentifier: "bad" }]);
    expect(notes.filter((note) => note === "a out")).toHaveLength(2);
  });

  it("tells of a cold start once", async () => {
    vi.resetModules();
    const fresh = await import("./index.ts");
    const handler = fresh.wrap(fresh.direct<string, boolean>(), async (_event, { coldStart }) => coldStart);

    expect(await Promise.all([handler("x", context), handler("x", context)])).toEqual([true, false]);
  });

  it("knows no cold start in an environment that was started ahead", async () => {
    vi.resetModules();
    vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency");
    const fresh = await import("./index.ts");

    expect(await fresh.wrap(fresh.direct(), async (_event, { coldStart }) => coldStart)("x", context)).toBe(false);
  });

  it("mutates neither the event nor what the handler returned", async () => {
    const event = Object.freeze({ nested: Object.freeze({ n: 1 }) });
    const output = Object.freeze({ deep: Object.freeze({}) });
    const handler = wrap(direct(), noting("a", []), async () => output);

    expect(await handler(event, context)).toBe(output);
    expect(await handler(event, context)).toBe(output);
  });

  it("takes a context whose getRemainingTimeInMillis needs its this, and one that has none", async () => {
    class Context {
      readonly awsRequestId = "r";
      readonly #ms = 5_000;
      getRemainingTimeInMillis(): number {
        return this.#ms;
      }
    }
    const handler = wrap(direct<string, number>(), async (_event, { deadline }) => deadline.remainingMs());

    expect(await handler("x", new Context() as never)).toBe(5_000);
    expect(await handler("x", {} as never)).toBe(Infinity);
    expect(await handler("x", { getRemainingTimeInMillis: () => Number.NaN } as never)).toBe(Infinity);
    const throwing = () => {
      throw new Error("Function not implemented.");
    };
    expect(await handler("x", { getRemainingTimeInMillis: throwing } as never)).toBe(Infinity);
    expect(await handler("x", undefined as never)).toBe(Infinity);
  });

  it("runs the invocation hooks once around all items, outermost first", async () => {
    const notes: string[] = [];
    const around = (name: string): Layer<unknown, {}, {}> => ({
      name,
      hooks: {
        invocation: async ({ awsRequestId }, next) => {
          notes.push(`${name} in ${awsRequestId}`);
          await next();
          notes.push(`${name} out`);
        },
      },
    });
    const handler = wrap(sqs(), around("a"), around("b"), async ({ id }) => void notes.push(id));

    await handler(
      sqsEvent([
        { id: "1", body: "" },
        { id: "2", body: "" },
      ]),
      lambdaContext({ awsRequestId: "r" }),
    );

    expect(notes).toEqual(["a in r", "b in r", "1", "2", "b out", "a out"]);
  });

  it.for([
    { hook: "throws", invocation: async () => Promise.reject(new Error("hook")), rejects: "hook" },
    { hook: "never calls next", invocation: async () => {}, rejects: "A layer gave no outcome" },
    {
      hook: "calls next twice",
      invocation: async (_lambda: unknown, next: () => Promise<void>) => (await next(), next()),
      rejects: "called next() twice",
    },
    { hook: "does not wait for next", invocation: async (_lambda: unknown, next: () => Promise<void>) => void next(), rejects: "handler" },
    {
      hook: "swallows a failure",
      invocation: async (_lambda: unknown, next: () => Promise<void>) => next().catch(() => {}),
      rejects: "handler",
    },
  ])("rejects the invocation when a hook around it $hook", async ({ invocation, rejects }) => {
    const handler = wrap(direct(), { name: "hook", hooks: { invocation } } as Layer<unknown, {}, {}>, async () =>
      Promise.reject(new Error("handler")),
    );

    await expect(handler("x", context)).rejects.toThrow(rejects === "called next() twice" ? /handler|called next/ : rejects);
  });

  it.for([
    {
      wrong: "no source",
      parts: [{ name: "x", hooks: {} }, () => {}],
      says: "wrap's first argument must be a source, such as sqs(), got object",
    },
    { wrong: "a source that was not called", parts: [sqs, () => {}], says: "got the function sqs" },
    { wrong: "no handler", parts: [direct(), needs()], says: "wrap's last argument must be the handler, got object" },
    { wrong: "nothing behind the source", parts: [direct()], says: "got undefined" },
    {
      wrong: "a layer that was not called",
      parts: [direct(), layers, () => {}],
      says: "wrap's layer 1 must be a layer, got the function layers",
    },
    { wrong: "null for a layer", parts: [direct(), needs(), null, () => {}], says: "layer 2 must be a layer, got null" },
  ])("throws at load for $wrong", ({ parts, says }) => {
    expect(() => (wrap as (...all: unknown[]) => unknown)(...parts)).toThrow(TypeError);
    expect(() => (wrap as (...all: unknown[]) => unknown)(...parts)).toThrow(says);
  });
});

describe("layer", () => {
  it.for([
    { wrong: "an empty name", make: () => layer("", async (_item, _ctx, next) => next()) },
    { wrong: "no function", make: () => layer("x", 5 as never) },
  ])("throws at load for $wrong", ({ make }) => {
    expect(make).toThrow(TypeError);
  });
});

describe("layers", () => {
  it("stands for its layers, in their order", async () => {
    const notes: string[] = [];
    const preset = layers(
      noting("a", notes),
      layers(noting("b", notes)),
      layer("n", async (_item, _ctx, next) => next({ n: 1 })),
    );

    expect(await wrap(direct<string, number>(), preset, noting("c", notes), async (_event, { n }) => n)("x", context)).toBe(1);
    expect(notes).toEqual(["a in", "b in", "c in", "c out", "b out", "a out"]);
  });

  it("throws at load for what is no layer", () => {
    expect(() => (layers as (part: unknown) => unknown)(5)).toThrow("layers's layer 1 must be a layer, got 5");
  });
});
