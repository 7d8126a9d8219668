import type { Context } from "aws-lambda";
import { context, type Order } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";

/** A function whose reply nobody reads. */
export type OneWay<Event> = (event: Event, context: Context) => Promise<unknown>;

let handled = 0;

/** The work, the same function for all. */
export async function reserve(order: Order): Promise<void> {
  handled += order.quantity;
}

/** The work where there is no payload, the same function for all. */
export async function note(key: string, size: number): Promise<void> {
  handled += key.length + size;
}

interface OneWayGroup<Event> {
  readonly name: string;
  readonly title: string;
  /** What is sent, by workload, and what handling it once comes to. */
  readonly workloads: Readonly<Record<string, { readonly title: string; readonly event: Event; readonly comesTo: number }>>;
  /** The first is the baseline. */
  readonly cases: Readonly<Record<string, () => Promise<OneWay<Event>>>>;
}

/** Cases that handle events of a service which takes no reply. */
export function toOneWayGroup<Event>({ name, title, workloads, cases }: OneWayGroup<Event>): Group {
  const rows = Object.entries(workloads);
  return {
    name,
    title,
    baseline: Object.keys(cases)[0] ?? "",
    compares: "times",
    warmUpMs: 150,
    workloads: rows.map(([workload, { title: shown }]) => ({ name: workload, title: shown, empty: emptyTurns })),
    cases: Object.entries(cases).map(([caseName, toLambda]): Case => {
      return {
        name: caseName,
        open: async () => {
          const lambda = await toLambda();
          return Object.fromEntries(rows.map(([workload, { event, comesTo }]) => [workload, loop(lambda, event, comesTo)]));
        },
      };
    }),
  };
}

function loop<Event>(lambda: OneWay<Event>, event: Event, comesTo: number): Loop {
  return async (times) => {
    handled = 0;
    for (let turn = 0; turn < times; turn++) {
      await nextTurn();
      await lambda(event, context);
    }
    if (handled !== comesTo * times) throw new Error(`The work came to ${handled}, where ${comesTo * times} was expected.`);
  };
}
