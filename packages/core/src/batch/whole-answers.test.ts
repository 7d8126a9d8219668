import { describe, expect, it, vi } from "vitest";
import { streamEvent, transform } from "../../test/batches.ts";
import { context } from "../../test/messages.ts";
import { answer, final, layer, whole, wrap } from "../index.ts";

const lengths = async ({ items }: { readonly items: readonly { readonly id: string }[] }) => items.map(({ id }) => id.length);

describe("a whole batch whose records are all answered", () => {
  it("is answered with the list that the handler returns, in the order of the items", async () => {
    expect(await wrap(whole(transform()), lengths)(streamEvent(["a", "bb"]), context)).toEqual([
      ["a", "ok", 2],
      ["bb", "ok", 4],
    ]);
  });

  it("answers an item that failed as failed, whatever stands in its place", async () => {
    const handler = wrap(whole(transform()), async ({ items, fail }) => {
      fail(items[1] as never, new Error("no"));
      fail(items[2] as never, final("never"));
      return items.map(() => 1);
    });

    expect(await handler(streamEvent(["a", "b", "c", "d"]), context)).toEqual([
      ["a", "ok", 2],
      ["b", "retry", undefined],
      ["c", "ignore", undefined],
      ["d", "ok", 2],
    ]);
  });

  it("fails only the items whose answers cannot be sent", async () => {
    const handler = wrap(whole(transform()), async () => [1, "text" as never, 3]);

    expect(await handler(streamEvent(["a", "odd", "c"]), context)).toEqual([
      ["a", "ok", 2],
      ["odd", "retry", undefined],
      ["c", "ok", 6],
    ]);
  });

  it.for([
    { what: "a shorter list", output: [1], says: "has 1 answers for 2 items" },
    { what: "a longer list", output: [1, 2, 3], says: "has 3 answers for 2 items" },
    { what: "no list", output: undefined, says: "is no list of 2 answers" },
  ])("fails as a whole when the handler returns $what", async ({ output, says }) => {
    const handler = wrap(whole(transform()), async () => output as number[]);

    await expect(handler(streamEvent(["a", "b"]), context)).rejects.toMatchObject({
      code: "LAMELLA_BATCH_FAILED",
      errors: [
        expect.objectContaining({ code: "LAMELLA_OUTPUT", message: expect.stringContaining(says) }),
        expect.objectContaining({ code: "LAMELLA_OUTPUT" }),
      ],
    });
  });

  it("fails as a whole when the handler throws", async () => {
    const handler = wrap(whole(transform({ whenAllFail: "report" })), async (): Promise<number[]> => Promise.reject(new Error("down")));

    expect(await handler(streamEvent(["a", "b"]), context)).toEqual([
      ["a", "retry", undefined],
      ["b", "retry", undefined],
    ]);
  });

  it("may be answered by a layer, with the list", async () => {
    const cached = layer("cached", async () => answer([5, 6]));
    const handler = vi.fn(lengths);

    expect(await wrap(whole(transform()), cached, handler)(streamEvent(["a", "b"]), context)).toEqual([
      ["a", "ok", 10],
      ["b", "ok", 12],
    ]);
    expect(handler).not.toHaveBeenCalled();
  });

  it("comes again when a record that is no object stands in it, because it cannot be answered", async () => {
    const handler = wrap(whole(transform()), lengths);

    await expect(handler({ Records: [{ id: "a" }, null as never] }, context)).rejects.toMatchObject({
      message: expect.stringContaining("has no identifier to report"),
    });
  });
});
