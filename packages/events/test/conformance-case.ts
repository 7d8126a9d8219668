import type { Delivery, Kind, Lambda, Source } from "@lamella/core";

/** Looks at an item as the most curious handler would. */
export type Look = (item: object, delivery: Delivery) => void;

/**
 * What one source says of itself, for the tests that all sources share. One file a source in `cases/`, which exports a
 * list of these; the tests find it there.
 */
export interface ConformanceCase {
  /** As users call it, with its options where they matter: `sqs`, `cognito preSignUp`. */
  readonly name: string;
  // Types are erased here: a case only ever gives a source events of its own, or malformed ones.
  readonly source: Source<Kind>;
  /** The source with a handler that looks at each item, and returns what succeeds. */
  readonly wrapped: (look: Look) => Lambda<never, unknown>;
  readonly events: Readonly<Record<string, EventCase>>;
  /** Where the members are data and no fields of AWS's, such as `Records.*.messageAttributes`: nothing is added there. */
  readonly maps?: readonly string[] | undefined;
  /** What else may be thrown at malformed events than Lamella's own errors, such as those of a client. @default nothing */
  readonly mayThrow?: ((error: unknown) => boolean) | undefined;
  /** Whose events it accepts too, by the names of their cases, or of fixtures; `"any"` where it takes every event. */
  readonly alsoAccepts?: readonly string[] | "any" | undefined;
}

/** An event of the source's own. */
export interface EventCase {
  readonly event: unknown;
  /** The ids of the items, as `ctx.delivery` names them, in the order of the event. */
  readonly ids: readonly string[];
  /** What the `raw` of each item must be, taken out of the event. @default the records */
  readonly raws?: ((event: never) => readonly unknown[]) | undefined;
  /** The records are packed in the event, so that each `raw` is equal to what was packed, and not the same. @default false */
  readonly isPacked?: boolean | undefined;
  /** The reply when all items succeed. */
  readonly reply: unknown;
  /** What AWS may leave out, such as `Records.*.messageAttributes`. The items and the reply stay the same without it. */
  readonly optional?: readonly string[] | undefined;
}

/** Reads every member of an item, its getters included, and gives what reading threw. */
export function readAll(item: object): unknown[] {
  const thrown: unknown[] = [];
  for (
    let level: object | null = item;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    for (const name of Reflect.ownKeys(level)) {
      try {
        Reflect.get(item, name);
      } catch (error) {
        thrown.push(error);
      }
    }
  }
  return thrown;
}
