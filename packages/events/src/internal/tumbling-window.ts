import type { BatchSource, Kind, Schema, Whole, WholeSource } from "@lamella/core";
import { type BatchDefinition, batchSource, checkSchema, mustBe, type RawWindow } from "@lamella/core/extend";
import { textOf } from "./fields.ts";

/** The time that a tumbling window spans. */
export interface TimeWindow {
  readonly start: Date;
  readonly end: Date;
}

/** The records of one invocation within a tumbling window, and the state that the invocations before it came to. */
export interface WindowBatch<Item, State> extends Whole<Item> {
  readonly window: TimeWindow;
  /** What the handler returned for the records before these; at the start of a window the initial state. */
  readonly state: State;
  /** Whether this is the window's last invocation, which often has no items: the state is complete, and then dropped. */
  readonly isFinal: boolean;
  /** Whether Lambda ends the window before its time, because the state is over 1 MB or a shard ends. */
  readonly isTerminatedEarly: boolean;
  readonly shardId: string;
}

/** The options of a source whose mapping has tumbling windows. */
export interface StateOptions<State> {
  /**
   * What the state of a tumbling window must be, for a mapping with `TumblingWindowInSeconds`: `whole` then gives the
   * handler the state, and the handler returns the next. It is kept as JSON, up to 1 MB a shard.
   */
  readonly state?: Schema<State> | undefined;
  /** Makes the state that a window starts with. @default what the schema makes of `{}` */
  readonly initialState?: (() => NoInfer<State>) | undefined;
}

/**
 * Makes the source of a stream: one of batches without a state, or with `state` one for `whole`.
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 */
export function streamSource<K extends Kind, Raw, Item extends K["item"], State>(
  definition: BatchDefinition<K, Raw, Item>,
  { state, initialState }: StateOptions<State>,
): BatchSource<K> | WholeSource<Kind> {
  const { name, accepts, expects } = definition;
  if (state === undefined) {
    mustBe(initialState === undefined, `${name}({ initialState })`, "left out without state", initialState);
    return batchSource({
      ...definition,
      // Its state would be lost, and Lambda takes a reply without one for a failure.
      accepts: (event) => accepts(event) && !isWindow(event),
      expects: `${expects} outside of a tumbling window, for which there is whole(${name}({ state }))`,
    });
  }
  checkSchema(state, `${name}({ state })`);
  mustBe(initialState === undefined || typeof initialState === "function", `${name}({ initialState })`, "a function", initialState);
  const source = batchSource<K, Raw, Item>({
    ...definition,
    accepts: (event) => isWindow(event) && accepts(event) && isOf(name, event),
    expects: `${expects} of a tumbling window (window, state)`,
    carry: { state, initialState },
  });
  const serve = () => {
    throw new TypeError(`${name}({ state }) must stand in whole(…), because a handler of single records has no state to return`);
  };
  return { ...source, serve: serve as never };
}

/**
 * What a stream's source is, by whether a state was given: `State` must come without inference, or a source would take its
 * state from where it stands.
 */
export type StreamSource<Single extends Kind, Window extends Kind, State> = [State] extends [never]
  ? BatchSource<Single>
  : WholeSource<Window>;

function isWindow(event: unknown): event is RawWindow {
  return typeof event === "object" && event !== null && "window" in event && typeof event.window === "object" && event.window !== null;
}

/** The last event of a window may have no records to tell the service by. */
function isOf(service: string, { eventSourceARN }: RawWindow): boolean {
  const [arn, , owner] = textOf(eventSourceARN).split(":");
  return arn !== "arn" || owner === service;
}
