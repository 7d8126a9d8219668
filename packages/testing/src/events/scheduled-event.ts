import type { ScheduledEvent } from "aws-lambda";
import { eventBridgeEvent } from "./event-bridge-event.ts";

/** What a test says of the run of a schedule without an input; the rest is made up, and the same in every run. */
export interface ScheduledEventInput {
  /** Who runs it: a rule of EventBridge, or EventBridge Scheduler. @default "rule" */
  readonly by?: "rule" | "scheduler" | undefined;
  /** The name of the rule or schedule. @default "nightly" */
  readonly name?: string | undefined;
  /** When it is due. */
  readonly scheduledAt?: Date | undefined;
  readonly id?: string | undefined;
}

/**
 * The notification of a schedule without an input: what `schedule()` opens. A schedule with an input sends that and no
 * more, so a test of `schedule({ input })` sends it as it is.
 *
 * AWS: "Creating an Amazon EventBridge rule that runs on a schedule", "Using Lambda with Amazon EventBridge Scheduler".
 *
 * @example
 * scheduledEvent({ name: "nightly", scheduledAt: new Date("2026-01-31T02:00:00Z") });
 */
export function scheduledEvent({ by = "rule", name = "nightly", scheduledAt, id }: ScheduledEventInput = {}): ScheduledEvent<unknown> {
  const isRule = by === "rule";
  return eventBridgeEvent<"Scheduled Event", unknown>({
    detailType: "Scheduled Event",
    source: isRule ? "aws.events" : "aws.scheduler",
    id,
    time: scheduledAt,
    resources: [`arn:aws:${isRule ? "events" : "scheduler"}:eu-west-1:123456789012:${isRule ? "rule" : "schedule/default"}/${name}`],
    // The Scheduler sends text.
    detail: isRule ? {} : "{}",
  });
}
