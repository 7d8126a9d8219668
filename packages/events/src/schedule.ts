import type { DeadlineOptions, Ignored, Kind, Schema, Source } from "@lamella/core";
import { checkSchema, type Decoder, PayloadItem, refusePollution, singleSource, toOutcome, validate } from "@lamella/core/extend";
import type { ScheduledEvent } from "aws-lambda";
import { isBusEvent } from "./event-bridge/is-bus-event.ts";
import { textOf } from "./internal/fields.ts";

// AWS's type, or users' declarations could not name it.
export type { ScheduledEvent } from "aws-lambda";

/**
 * One run of a schedule.
 *
 * AWS: "Creating an Amazon EventBridge rule that runs on a schedule", "Adding context attributes in EventBridge Scheduler".
 */
export interface Scheduled<out Input> {
  /** What the `input` option makes of the schedule's input; `undefined` without that option. */
  readonly input: Input;
  /** The id of the notification, or of the execution. */
  readonly id: string | undefined;
  /** When it was due. */
  readonly scheduledAt: Date | undefined;
  /** The rule, where one of EventBridge's rules has run. */
  readonly ruleArn: string | undefined;
  /** The schedule, where EventBridge Scheduler has run it. */
  readonly scheduleArn: string | undefined;
  /** Which attempt of the Scheduler this is, from 1. */
  readonly attempt: number | undefined;
  /** The event as it came. */
  readonly raw: unknown;
}

/** One run of a schedule that has no input, so that the notification of AWS comes. */
export interface ScheduledNotification extends Scheduled<undefined> {
  readonly id: string;
  readonly scheduledAt: Date;
  readonly raw: ScheduledEvent<unknown>;
}

export interface ScheduleKind<Input> extends Kind {
  /** A schedule's own input may be any JSON. */
  readonly event: [Input] extends [undefined] ? ScheduledEvent<unknown> : unknown;
  readonly reply: void;
  readonly item: [Input] extends [undefined] ? ScheduledNotification : Scheduled<Input>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface ScheduleOptions<Input> extends DeadlineOptions {
  /** What the schedule's own input must be. With it any event is taken, because any JSON may be an input. @default no input of its own */
  readonly input?: Schema<Input> | undefined;
}

/**
 * The source for schedules: rules of EventBridge, and EventBridge Scheduler. It rejects with the handler's own error,
 * and Lambda tries the event again.
 *
 * A schedule without an input sends a notification, which tells when it was due. One with an input sends that, and no
 * more: what the item is to know of the run has to be put into it, as members that are named as the Scheduler's context
 * attributes, such as `"aws.scheduler.scheduled-time": "<aws.scheduler.scheduled-time>"`.
 *
 * AWS: "Using Lambda with Amazon EventBridge Scheduler", "Adding context attributes in EventBridge Scheduler".
 *
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @throws {TypeError} At load, when `input` is no Standard Schema.
 * @example
 * export const handler = wrap(schedule({ input: Report }), async ({ input, scheduledAt }) => send(input.to, scheduledAt));
 */
export function schedule<Input = undefined>(options: ScheduleOptions<Input> = {}): Source<ScheduleKind<Input>> {
  const { input } = options;
  if (input !== undefined) checkSchema(input, "schedule({ input })");
  const decoder: Decoder<unknown, unknown> = { part: "input", decode: input && decodeBy(input) };
  const source = singleSource<RunKind>({
    name: "schedule",
    expects:
      input === undefined
        ? `a scheduled event (detail-type is "Scheduled Event"); a schedule with an input of its own needs schedule({ input })`
        : "any event",
    accepts: input === undefined ? isNotification : () => true,
    options,
    item: (event) => new ScheduleRun(event, decoder),
    delivery: (event, lambda) => {
      const { id, attempt } = factsOf(event);
      return { id: id ?? lambda.awsRequestId ?? "", index: 0, source: "schedule", attempt };
    },
    decode: (run) => run["~decode"](),
    finish: toOutcome,
    reply: () => {},
  });
  // Types are erased here, once: the decoder makes an `Input` of the input.
  return source as unknown as Source<ScheduleKind<Input>>;
}

interface RunKind extends Kind {
  readonly event: unknown;
  readonly reply: void;
  readonly item: ScheduleRun;
  readonly context: unknown;
}

function decodeBy<Input>(schema: Schema<Input>) {
  return (input: unknown, part: string): Input | Promise<Input> => {
    // The runtime has parsed it, and looks at no keys.
    refusePollution(input, part);
    return validate(schema, input, part);
  };
}

const SOURCES = new Set(["aws.events", "aws.scheduler"]);

/** Whether it is what AWS sends for a schedule without an input. */
function isNotification(event: unknown): event is ScheduledEvent<unknown> {
  return isBusEvent(event) && event["detail-type"] === "Scheduled Event" && SOURCES.has(event.source);
}

type Facts = Pick<Scheduled<unknown>, "id" | "scheduledAt" | "ruleArn" | "scheduleArn" | "attempt">;

/** What the event tells of the run. */
function factsOf(event: unknown): Facts {
  if (isNotification(event)) {
    const { id, time, resources, source } = event;
    const isRule = source === "aws.events";
    const arn = textOf(resources?.[0]) || undefined;
    return {
      id: textOf(id),
      scheduledAt: new Date(textOf(time)),
      ruleArn: isRule ? arn : undefined,
      scheduleArn: isRule ? undefined : arn,
      attempt: undefined,
    };
  }
  const scheduledAt = new Date(attribute(event, "scheduled-time") ?? "");
  return {
    id: attribute(event, "execution-id"),
    scheduledAt: Number.isNaN(scheduledAt.getTime()) ? undefined : scheduledAt,
    ruleArn: undefined,
    scheduleArn: attribute(event, "schedule-arn"),
    attempt: Number(attribute(event, "attempt-number")) || undefined,
  };
}

/** A context attribute of the Scheduler, where the input has a member of its name. */
function attribute(input: unknown, name: string): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const value = (input as Readonly<Record<string, unknown>>)[`aws.scheduler.${name}`];
  // Whoever else sends the same input, such as a rule, does not replace the keyword.
  return (typeof value === "string" || typeof value === "number") && value !== `<aws.scheduler.${name}>` ? String(value) : undefined;
}

class ScheduleRun extends PayloadItem<unknown, unknown, unknown> implements Scheduled<unknown> {
  #facts: Facts | undefined;

  get input(): unknown {
    return this.payload();
  }

  get id(): string | undefined {
    return this.#known().id;
  }

  get scheduledAt(): Date | undefined {
    return this.#known().scheduledAt;
  }

  get ruleArn(): string | undefined {
    return this.#known().ruleArn;
  }

  get scheduleArn(): string | undefined {
    return this.#known().scheduleArn;
  }

  get attempt(): number | undefined {
    return this.#known().attempt;
  }

  /** A notification has no input: its detail is empty, and with the Scheduler even text. */
  protected encoded(): unknown {
    return isNotification(this.raw) ? undefined : this.raw;
  }

  #known(): Facts {
    return (this.#facts ??= factsOf(this.raw));
  }
}
