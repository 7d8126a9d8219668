import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { IdempotencyStore } from "../src/index.ts";
import { realStore } from "./real-store.ts";
import { check, scenarios } from "./whole.ts";

// `LAMELLA_EFFECTS=100000` for the full length, of which this is a twentieth: each call goes over HTTP.
const messages = Number(process.env["LAMELLA_EFFECTS"] ?? 6_000) / 60;

let real: Awaited<ReturnType<typeof realStore>>;
beforeAll(async () => {
  real = await realStore();
});
afterAll(() => real.stop());

let runs = 0;
/** The same table, with keys that no other run has. */
function fresh(): IdempotencyStore {
  const prefix = `${++runs}/`;
  const { store } = real;
  const call =
    <Input extends { readonly id: string }, Result>(method: (input: Input) => Promise<Result>) =>
    (input: Input) =>
      method({ ...input, id: prefix + input.id });
  return { ...store, begin: call(store.begin), renew: call(store.renew), complete: call(store.complete), release: call(store.release) };
}

it.for(["sqs", "fifo", "kinesis"] as const)(
  "has exactly one effect for each order behind %s, with DynamoDB over HTTP, whatever goes wrong",
  { timeout: 0 },
  async (source) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const had = { messages: 0 };
    const property = fc.asyncProperty(scenarios(source, false), async (scenario) => {
      had.messages += scenario.planned.length;
      expect((await check(scenario, fresh())).holes).toBe(0);
    });
    for (let seed = 101; had.messages < messages; seed++) await fc.assert(property, { numRuns: Math.ceil(messages / 50), seed });
    console.log(`${source} on DynamoDB: ${had.messages} messages`);
  },
);
