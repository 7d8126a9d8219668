import type { Delivery, Failure, FailureFate } from "@lamella/core";
import { firstOfEachKind, isExpected } from "@lamella/core/extend";
import type { Log } from "./log.ts";
import { loggable } from "./loggable.ts";

type Level = "error" | "warn" | "info";

/** Constant texts, so that lines of a kind can be counted and alarmed on. */
const MESSAGES: Readonly<Record<FailureFate, string>> = {
  retry: "Item failed, and comes again",
  ignore: "Item failed, and counts as done",
  unrun: "Item was not run, and comes again",
  answered: "Item failed, and its error was answered",
  rejected: "Item failed, and the invocation with it",
};

/**
 * Logs what failed: the first five of a kind in full, the rest counted. At level ERROR what is lost or has to be done
 * again; at WARN what somebody decided to leave at that, an answer below 500, which is the caller's affair, and what
 * was not run, because it comes nearer to the dead-letter queue without having had its chance. At INFO what its error
 * says is nothing wrong, as of an item that another run is at.
 */
export function logFailures(failures: readonly Failure[], logOf: (delivery?: Delivery) => Log): void {
  for (const level of ["error", "warn", "info"] as const) {
    const { shown, more } = firstOfEachKind(failures.filter((failure) => levelOf(failure) === level));
    for (const { error, fate, status, delivery } of shown) logOf(delivery)[level](MESSAGES[fate], { fate, status, error: loggable(error) });
    for (const [kind, count] of more) logOf()[level]("More items failed in the same way", { kind, count });
  }
}

function levelOf({ error, fate, status = 500 }: Failure): Level {
  if (isExpected(error)) return "info";
  if (fate === "ignore" || fate === "unrun") return "warn";
  return fate === "answered" && status < 500 ? "warn" : "error";
}
