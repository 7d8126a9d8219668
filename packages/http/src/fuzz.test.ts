import { wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import {
  albFixture,
  albMultiValueFixture,
  functionUrlFixture,
  httpApiGetFixture,
  httpApiPostFixture,
  latticeV1Fixture,
  latticeV2Fixture,
  restApiFixture,
  restApiFromHttpApiFixture,
} from "@lamella/testing/fixtures";
import { beforeEach, expect, it, vi } from "vitest";
import { mutated, randomOf } from "../../events/test/mutate.ts";
import { alb, functionUrl, http, httpApi, lattice, restApi } from "./index.ts";

/** How many malformed events each source gets: a few where the tests shall be quick, 100,000 for the proof. */
const EVENTS = Number(process.env["LAMELLA_FUZZ_EVENTS"] ?? 1_000);
const SEED = Number(process.env["LAMELLA_FUZZ_SEED"] ?? 1);

const MEMBERS = ["method", "path", "url", "query", "params", "headers", "cookies", "body", "auth", "clientIp", "stage"] as const;
const FUNCTIONS = ["text", "bytes", "toRequest"] as const;
type AnySource = ReturnType<typeof http>;

const isOurs = (error: unknown) => String((error as { readonly code?: unknown } | undefined)?.code).startsWith("LAMELLA_");

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});

it.for<{ name: string; source: unknown; events: readonly unknown[] }>([
  { name: "restApi", source: restApi({ stripStage: true }), events: [restApiFixture, restApiFromHttpApiFixture] },
  { name: "httpApi", source: httpApi({ stripStage: true }), events: [httpApiGetFixture, httpApiPostFixture] },
  { name: "functionUrl", source: functionUrl(), events: [functionUrlFixture] },
  { name: "alb", source: alb(), events: [albFixture, albMultiValueFixture] },
  { name: "lattice", source: lattice(), events: [latticeV1Fixture, latticeV2Fixture] },
  {
    name: "http",
    source: http(),
    events: [restApiFixture, httpApiGetFixture, functionUrlFixture, albFixture, latticeV1Fixture, latticeV2Fixture],
  },
])("answers malformed events of $name with a reply or a typed error", { timeout: 600_000 }, async ({ source, events }) => {
  const random = randomOf(SEED);
  const surprises: unknown[] = [];
  const attempt = (act: () => unknown): void => {
    try {
      act();
    } catch (error) {
      if (!isOurs(error)) surprises.push(error);
    }
  };
  const handler = wrap(source as AnySource, async (request) => {
    for (const name of MEMBERS) attempt(() => request[name]);
    for (const name of FUNCTIONS) attempt(() => request[name]());
    return request.reply(200, "ok", { "set-cookie": ["a=1", "b=2"] });
  });
  for (let count = 0; count < EVENTS; count++) {
    const event = mutated(events[count % events.length], random);
    try {
      expect(await handler(event as never, lambdaContext())).toMatchObject({ statusCode: 200, body: "ok" });
    } catch (error) {
      if (!isOurs(error)) surprises.push(error);
    }
    // The first is enough to look at, and it comes again with the same seed.
    if (surprises.length > 0) expect({ event, error: surprises[0] }, `event ${count}`).toBe("a reply or a typed error");
  }
});
