import { direct, wrap } from "@lamella/core";
import { describe, expect, it } from "vitest";
import { treesOf } from "../test/daemon.ts";
import { PARENT, tracedContext, useXRay } from "../test/x-ray.ts";
import { tracer } from "./tracer.ts";

const xray = useXRay();

type Work = () => Promise<unknown>;

/** What Powertools' own middleware writes around `work`: the three steps that Middy takes. */
async function byPowertools(work: Work): Promise<void> {
  const { Tracer } = await import("@aws-lambda-powertools/tracer");
  const { captureLambdaHandler } = await import("@aws-lambda-powertools/tracer/middleware");
  const { before, after, onError } = captureLambdaHandler(new Tracer());
  const request = { event: {}, context: tracedContext(), response: null as unknown, error: null as Error | null, internal: {} };
  await before?.(request as never);
  try {
    request.response = await work();
    await after?.(request as never);
  } catch (error) {
    request.error = error as Error;
    await onError?.(request as never);
  }
}

async function byLamella(work: Work): Promise<void> {
  const handler = wrap(direct(), tracer({ captureResponse: true }), work);
  await handler({}, tracedContext()).catch(() => {});
}

describe("what tracer() writes", () => {
  const cases: readonly { of: string; work: Work }[] = [
    { of: "a reply", work: async () => ({ id: "a", amount: 3 }) },
    { of: "no reply", work: async () => undefined },
    {
      of: "a failure",
      work: async () => {
        throw new TypeError("no stock");
      },
    },
  ];
  it.for(cases)("is what Powertools' middleware writes, and the item's subsegment besides: $of", async ({ work }) => {
    await byPowertools(work);
    const [theirs] = treesOf(await xray().received(1), PARENT);
    xray().clear();

    await byLamella(work);
    const [ours] = treesOf(await xray().received(2), PARENT);

    const [item] = ours?.children ?? [];
    expect(ours?.name).toBe(theirs?.name);
    expect(Object.keys(ours?.annotations ?? {}).toSorted()).toEqual(Object.keys(theirs?.annotations ?? {}).toSorted());
    expect(ours?.annotations?.["Service"]).toBe(theirs?.annotations?.["Service"]);
    expect(ours?.fault).toBe(theirs?.fault);
    expect(item?.fault).toBe(theirs?.fault);
    // Where it happened is the item's, under the service's name as Powertools has it.
    const { delivery, ...metadata } = item?.metadata?.["orders"] ?? {};
    expect(delivery).toMatchObject({ index: 0 });
    expect(metadata).toEqual(theirs?.metadata?.["orders"] ?? {});
    const exceptionOf = ({ cause }: Pick<NonNullable<typeof item>, "cause"> = {}) =>
      cause?.exceptions?.map(({ message, type }) => ({ message, type }));
    expect(exceptionOf(item)).toEqual(exceptionOf(theirs));
  });
});
