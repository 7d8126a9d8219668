import { sqs } from "@lamella/events/sqs";
import { expectTypeOf, it } from "vitest";
import { z } from "zod";
import { layer, onFailure, wrap } from "./index.ts";

const Order = z.object({ id: z.string() });
const tenant = layer("tenant", async (_item, _ctx, next) => next({ tenant: "acme" }));

it("knows the item and what the layers before it added", () => {
  wrap(
    sqs({ body: Order }),
    tenant,
    onFailure(({ item, ctx, error, raw }) => {
      expectTypeOf(item?.body.id).toEqualTypeOf<string | undefined>();
      expectTypeOf(ctx?.tenant).toEqualTypeOf<string | undefined>();
      expectTypeOf(error).toBeUnknown();
      expectTypeOf(raw).toBeUnknown();
    }),
    async () => {},
  );
});

it("rejects what no layer before it added", () => {
  wrap(
    sqs(),
    // @ts-expect-error tenant is added only after it
    onFailure(({ ctx }) => ctx?.tenant),
    tenant,
    async () => {},
  );
});

it("rejects what no item of the source has", () => {
  wrap(
    sqs(),
    // @ts-expect-error a message has no route
    onFailure(({ item }) => item?.route),
    async () => {},
  );
});

it("rejects an unknown option", () => {
  // @ts-expect-error there is no such option
  onFailure(() => {}, { timeout: 1_000 });
});
