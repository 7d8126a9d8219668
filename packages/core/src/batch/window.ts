import type { Schema } from "../codecs/codec.ts";
import { validate } from "../codecs/validate.ts";
import { OutputError } from "../errors/output-error.ts";
import type { BatchFormat } from "./batch-source.ts";
import { allOrNothing } from "./close/all-or-nothing.ts";
import type { Tally } from "./close/close.ts";

/**
 * The state that a tumbling window carries from batch to batch. `close` finds what the handler returned as the first of the
 * outputs. An error of the handler fails the batch as a whole, because there is nothing to carry on then.
 */
export interface Carry {
  readonly state: Schema<unknown>;
  /** Makes the state that a window starts with. @default what the schema makes of `{}` */
  readonly initialState: (() => unknown) | undefined;
}

/** The members that Lambda adds to the event of a stream for a tumbling window. */
export interface RawWindow {
  readonly window: { readonly start: string; readonly end: string };
  readonly state?: object | null | undefined;
  readonly shardId?: string | undefined;
  readonly eventSourceARN?: string | undefined;
  readonly isFinalInvokeForWindow?: boolean | undefined;
  readonly isWindowTerminatedEarly?: boolean | undefined;
}

/** The format of a batch as `whole` runs it: one that carries a state replies with it. */
// Known here and not to the sources: only `whole` can give a state to a handler, so only bundles with it have this.
export function withState(format: BatchFormat): BatchFormat {
  return format.carry === undefined ? format : { ...format, close: closeWindow };
}

/** The members that the handler gets beside the items. */
export async function openWindow({ state: schema, initialState }: Carry, event: RawWindow): Promise<object> {
  const { window, state: raw = {}, shardId, isFinalInvokeForWindow, isWindowTerminatedEarly } = event;
  const isStart = raw === null || (typeof raw === "object" && Object.keys(raw).length === 0);
  return {
    window: { start: toDate(window.start), end: toDate(window.end) },
    state: await (isStart && initialState !== undefined ? initialState() : validate(schema, raw ?? {}, "state")),
    isFinal: isFinalInvokeForWindow === true,
    isTerminatedEarly: isWindowTerminatedEarly === true,
    shardId: typeof shardId === "string" ? shardId : "",
  };
}

function toDate(time: unknown): Date {
  return new Date(typeof time === "string" ? time : "");
}

/**
 * Replies with the state. Where a record comes again the invocation rejects instead: AWS does not say which state
 * belongs to a partial reply, and after a rejection all records come again with the state from before them.
 */
function closeWindow(tally: Tally): { readonly state: unknown; readonly batchItemFailures: readonly never[] } {
  allOrNothing()(tally, undefined);
  const [state] = tally.outputs;
  if (typeof state !== "object" || state === null || Array.isArray(state))
    throw new OutputError({ part: "state", problem: "is no object, and Lambda takes a reply without a state for a failure" });
  return { state, batchItemFailures: [] };
}
