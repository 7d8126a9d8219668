import type { Nested } from "./compose.ts";
import { nameOf } from "./errors/batch-failed-error.ts";
import { type Failure, isExpected } from "./failure.ts";
import type { Report } from "./invocation.ts";
import type { AnyLayer } from "./layer.ts";

/** How many failures, or how many of a kind, are shown in full. */
const SHOWN = 5;

/** The first five failures of each kind, and how many more there are of it. */
export function firstOfEachKind(failures: readonly Failure[]): {
  readonly shown: readonly Failure[];
  readonly more: readonly (readonly [kind: string, count: number])[];
} {
  const kinds = Object.entries(Object.groupBy(failures, ({ error, fate }) => `${nameOf(error)} (${fate})`));
  return {
    shown: kinds.flatMap(([, group = []]) => group.slice(0, SHOWN)),
    more: kinds.flatMap(([kind, { length } = []]) => (length > SHOWN ? [[kind, length - SHOWN] as const] : [])),
  };
}

/** Tells the layers that report, or else the console. Those inside of a handler are told of what came through them. */
export function reportTo(layers: readonly AnyLayer[], nested: Nested | undefined): Report {
  return async (failures, lambda) => {
    // Only what is one item an event has such a handler, so there is one failure.
    const inner = nested === undefined ? [] : failures.flatMap(({ delivery }) => nested.passed(delivery));
    const reports = [...layers, ...inner].flatMap(({ hooks }) => hooks.report ?? []);
    if (reports.length === 0) reports.push(toConsole);
    for (const report of reports) {
      try {
        await report(failures, lambda);
      } catch (error) {
        console.error("[lamella] reporting failed:", error);
      }
    }
  };
}

function toConsole(failures: readonly Failure[]): void {
  // Lambda itself logs what an invocation rejects with, and a reply below 500 is the caller's affair.
  const told = failures.filter(({ error, fate, status = 500 }) => fate !== "rejected" && status >= 500 && !isExpected(error));
  for (const { error, fate, delivery } of told.slice(0, SHOWN))
    console.error(`[lamella] ${delivery.source} ${delivery.id || delivery.index} failed (${fate}):`, error);
  if (told.length > SHOWN) console.error(`[lamella] … and ${told.length - SHOWN} more`);
}
