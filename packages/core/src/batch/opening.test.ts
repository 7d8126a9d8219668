import { testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { context } from "../../test/messages.ts";
import { openedSource, partial } from "../extend.ts";
import { type BatchSource, type Ignored, type Kind, whole, wrap } from "../index.ts";

interface PackedKind extends Kind {
  readonly event: { readonly packed: string };
  readonly reply: readonly unknown[];
  readonly item: string;
  readonly context: unknown;
  readonly output: Ignored;
}

/** Its records are letters, and the event names them in JSON. */
const open = vi.fn(({ packed }: { readonly packed: string }): { readonly letters: readonly string[]; readonly last: string } => {
  const letters = JSON.parse(packed) as string[];
  return { letters, last: letters.at(-1) ?? "" };
});
const packed = (): BatchSource<PackedKind> =>
  openedSource<PackedKind, { readonly letter: string }, string, ReturnType<typeof open>>({
    name: "packed",
    expects: "letters",
    accepts: () => true,
    options: {},
    concurrency: 1,
    open,
    records: ({ letters }) => letters.map((letter) => ({ letter })),
    item: ({ letter }, _lambda, { last }) => `${letter} of ${last}`,
    delivery: ({ letter }, index) => ({ id: letter, index, source: "packed", attempt: undefined }),
    close: partial({ identify: ({ letter }: { readonly letter: string }) => letter, reply: (again) => again }),
  });

describe("an event that is opened", () => {
  it.for([
    { how: "item by item", handler: (seen: unknown[]) => wrap(packed(), async (item) => void seen.push(item)) },
    { how: "as a whole", handler: (seen: unknown[]) => wrap(whole(packed()), async ({ items }) => void seen.push(...items)) },
  ])("is opened once, and gives its records and what holds for all of them, $how", async ({ handler }) => {
    const seen: unknown[] = [];
    open.mockClear();

    expect(await handler(seen)({ packed: '["a","b"]' }, context)).toEqual([]);
    expect(seen).toEqual(["a of b", "b of b"]);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it.for([
    { how: "item by item", handler: wrap(packed(), async () => {}) },
    { how: "as a whole", handler: wrap(whole(packed()), async () => {}) },
  ])("rejects the invocation where it cannot be opened, and is told of, $how", async ({ handler }) => {
    const { error, outcomes } = await testing(handler).send({ packed: "no JSON" });

    expect(error).toBeInstanceOf(SyntaxError);
    expect(outcomes).toMatchObject([{ fate: "rejected", error, delivery: { source: "packed", index: 0 } }]);
  });
});
