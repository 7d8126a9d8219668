import { lambdaContext } from "@lamella/testing";
import * as fixtures from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { cases } from "./cases/index.ts";
import { type ConformanceCase, type EventCase, readAll } from "./conformance-case.ts";
import { frozen, without, withUnknownFields } from "./paths.ts";

/** Runs an event through the source, and tells what its handler saw. */
async function run({ wrapped }: ConformanceCase, event: unknown) {
  const items: object[] = [];
  const ids: string[] = [];
  const thrown: unknown[] = [];
  const handler = wrapped((item, delivery) => {
    items.push(item);
    ids[delivery.index] = delivery.id;
    thrown.push(...readAll(item));
  });
  const reply = await handler(event as never, lambdaContext());
  return { reply, items, ids, thrown };
}

const rows = cases.flatMap((source) => Object.entries(source.events).map(([what, each]) => ({ source, name: source.name, what, ...each })));

describe.for(rows)("$name, $what", ({ source, event, ids, raws, isPacked = false, reply, optional = [] }) => {
  it("is recognised, opened into its items, and answered", async () => {
    expect(source.source.accepts(event)).toBe(true);
    expect(await run(source, event)).toMatchObject({ reply, ids, thrown: [] });
  });

  it("names its items as the source's deliveries do", () => {
    expect(source.source.deliveries(event as never, lambdaContext()).map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size, "ids that differ").toBe(ids.length);
  });

  it("keeps the raw records as they came", async () => {
    const copy = structuredClone(event);
    const { items } = await run(source, copy);
    const expected = raws?.(copy as never) ?? (copy as { readonly Records: readonly unknown[] }).Records;

    expect(items).toHaveLength(expected.length);
    for (const [index, item] of items.entries())
      expect((item as { readonly raw: unknown }).raw, `raw of item ${index}`)[isPacked ? "toEqual" : "toBe"](expected[index]);
  });

  it("is not changed, and may be frozen", async () => {
    const copy = frozen(structuredClone(event));

    expect((await run(source, copy)).thrown).toEqual([]);
    expect(copy).toEqual(event);
  });

  it("may have fields that nobody knows", async () => {
    expect(await run(source, withUnknownFields(event, source.maps ?? []))).toMatchObject({ reply, ids, thrown: [] });
  });

  it.for(optional)("may lack %s", async (path) => {
    const copy = without(event, path);

    expect(copy, "the fixture has it").not.toEqual(event);
    expect(await run(source, copy)).toMatchObject({ reply, ids, thrown: [] });
  });
});

/** The events of all other sources, by their names, and the fixtures that no case has. */
function othersOf(own: ConformanceCase): (readonly [string, unknown])[] {
  const { alsoAccepts = [] } = own;
  const others = rows.filter(({ source, ids }) => source !== own && ids.length > 0 && !alsoAccepts.includes(source.name));
  const covered = new Set<unknown>(rows.map(({ event }: EventCase) => event));
  const rest = Object.entries(fixtures).filter(([name, event]) => !covered.has(event) && !alsoAccepts.includes(name));
  return [...others.map(({ name, what, event }) => [`${name}, ${what}`, event] as const), ...rest];
}

const NO_EVENTS = [
  null,
  undefined,
  0,
  "",
  "text",
  true,
  [],
  [null],
  {},
  { Records: null },
  { Records: {} },
  { Records: [null] },
  { Records: [5] },
];

describe.for(cases.filter(({ alsoAccepts }) => alsoAccepts !== "any"))("$name", (own) => {
  it("refuses the events of every other source", () => {
    expect(
      othersOf(own)
        .filter(([, event]) => own.source.accepts(event))
        .map(([name]) => name),
    ).toEqual([]);
  });

  it("refuses what is no event, and says what it expects", async () => {
    for (const event of NO_EVENTS.filter((each) => !own.source.accepts(each))) {
      await expect(run(own, event)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
    }
    expect(NO_EVENTS.filter((event) => own.source.accepts(event)).length, "what is no event is accepted").toBeLessThanOrEqual(2);
  });
});
