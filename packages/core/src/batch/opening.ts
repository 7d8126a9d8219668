import type { Delivery } from "../context.ts";
import type { Invocation } from "../invocation.ts";
import type { LambdaContext } from "../lambda.ts";
import type { BatchFormat } from "./batch-source.ts";
import { deliveryOf } from "./records.ts";

/** How the events of a source are opened before their records can be read. */
export interface Opening {
  readonly format: BatchFormat;
  /** @default the event as it is */
  readonly open?: ((event: never) => never) | undefined;
}

/** Runs what is opened of each event. An event that cannot be opened is told of, and rejects. */
export function opening(
  { format, open }: Opening,
  run: (event: never, invocation: Invocation) => Promise<unknown>,
): (event: never, invocation: Invocation) => Promise<unknown> {
  if (open === undefined) return run;
  return async (event, invocation) => {
    let opened: never;
    try {
      opened = open(event);
    } catch (error) {
      await invocation.report([{ error, fate: "rejected", delivery: batchDelivery(format, invocation.lambda) }], invocation.lambda);
      throw error;
    }
    return run(opened, invocation);
  };
}

/** Names the records of an event; one that cannot be opened is named as a whole. */
export function deliveriesOf({ format, open }: Opening, event: never, lambda: LambdaContext): readonly Delivery[] {
  try {
    return format.records(open === undefined ? event : open(event)).map((raw, index) => deliveryOf(format, raw, index));
  } catch {
    return [batchDelivery(format, lambda)];
  }
}

/** Names a batch as one. */
export function batchDelivery({ name }: BatchFormat, { awsRequestId }: LambdaContext): Delivery {
  return { id: awsRequestId ?? "", index: 0, source: name, attempt: undefined };
}
