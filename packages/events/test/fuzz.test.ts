import { lambdaContext } from "@lamella/testing";
import { beforeEach, expect, it, vi } from "vitest";
import { cases } from "./cases/index.ts";
import { readAll } from "./conformance-case.ts";
import { mutated, randomOf } from "./mutate.ts";

/** How many malformed events each source gets: a few where the tests shall be quick, 100,000 for the proof. */
const EVENTS = Number(process.env["LAMELLA_FUZZ_EVENTS"] ?? 1_000);
const SEED = Number(process.env["LAMELLA_FUZZ_SEED"] ?? 1);

/** Of a source with several cases each gets its share. */
const shares = Object.groupBy(cases, ({ source }) => source.name);

const isOurs = (error: unknown) => String((error as { readonly code?: unknown } | undefined)?.code).startsWith("LAMELLA_");

beforeEach(() => {
  // Failures are told to the console, once for each of them.
  vi.spyOn(console, "error").mockReturnValue();
});

it.for(cases.filter(({ events }) => Object.keys(events).length > 0))(
  "answers malformed events of $name with a reply or a typed error",
  { timeout: 600_000 },
  async ({ source, wrapped, events, mayThrow = () => false }) => {
    const share = Math.ceil(EVENTS / (shares[source.name]?.length ?? 1));
    const random = randomOf(SEED);
    const originals = Object.values(events).map(({ event }) => event);
    const surprises: unknown[] = [];
    const handler = wrapped((item) => surprises.push(...readAll(item).filter((error) => !isOurs(error))));
    for (let count = 0; count < share; count++) {
      const event = mutated(originals[count % originals.length], random);
      try {
        await handler(event as never, lambdaContext());
      } catch (error) {
        if (!isOurs(error) && !mayThrow(error)) surprises.push(error);
      }
      // The first is enough to look at, and it comes again with the same seed.
      if (surprises.length > 0) expect({ event, error: surprises[0] }, `event ${count}`).toBe("a reply or a typed error");
    }
    expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
  },
);
