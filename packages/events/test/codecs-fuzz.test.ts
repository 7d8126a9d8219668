import type { Codec } from "@lamella/core";
import { fromEventBridge } from "@lamella/events/event-bridge";
import { fromS3, fromS3EventBridge } from "@lamella/events/s3";
import { fromSns } from "@lamella/events/sns";
import { snsEnvelope } from "@lamella/testing";
import { eventBridgeFixture, s3EventBridgeFixture, s3Fixture, s3TestFixture } from "@lamella/testing/fixtures";
import { expect, it } from "vitest";
import { readAll } from "./conformance-case.ts";
import { mutated, randomOf } from "./mutate.ts";

const EVENTS = Number(process.env["LAMELLA_FUZZ_EVENTS"] ?? 1_000);
const SEED = Number(process.env["LAMELLA_FUZZ_SEED"] ?? 1);

const isOurs = (error: unknown) => (error as { readonly code?: unknown } | undefined)?.code === "LAMELLA_PAYLOAD";

interface Row {
  readonly name: string;
  readonly codec: Codec<unknown>;
  readonly payloads: readonly unknown[];
}

it.for<Row>([
  { name: "fromSns()", codec: fromSns(), payloads: [snsEnvelope({ message: "text" })] },
  {
    name: "fromSns(fromS3())",
    codec: fromSns(fromS3()),
    payloads: [snsEnvelope({ message: s3Fixture }), snsEnvelope({ message: s3TestFixture })],
  },
  { name: "fromS3()", codec: fromS3(), payloads: [s3Fixture, s3TestFixture] },
  { name: "fromS3EventBridge()", codec: fromS3EventBridge(), payloads: [s3EventBridgeFixture] },
  { name: "fromEventBridge()", codec: fromEventBridge(), payloads: [eventBridgeFixture] },
])("answers malformed payloads of $name with a value or a PayloadError", { timeout: 600_000 }, async ({ codec, payloads }) => {
  const random = randomOf(SEED);
  for (let count = 0; count < EVENTS; count++) {
    const payload = JSON.stringify(mutated(payloads[count % payloads.length], random)) ?? "";
    const surprises: unknown[] = [];
    try {
      const value = await codec["~decode"](payload, "body");
      for (const item of Array.isArray(value) ? (value as object[]) : [value as object])
        if (typeof item === "object") surprises.push(...readAll(item).filter((error) => !isOurs(error)));
    } catch (error) {
      if (!isOurs(error)) surprises.push(error);
    }
    // The first is enough to look at, and it comes again with the same seed.
    if (surprises.length > 0) expect({ payload, error: surprises[0] }, `payload ${count}`).toBe("a value or a typed error");
  }
  expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
});
