import type { DeadlineOptions, Ignored, Kind, Source } from "@lamella/core";
import { singleSource, toOutcome } from "@lamella/core/extend";
import type { CloudWatchAlarmEvent, CloudWatchAlarmMetricDataQuery } from "aws-lambda";
import { isObject } from "./internal/is-object.ts";
import { toDate } from "./internal/to-date.ts";

// AWS's types, or users' declarations could not name them.
export type { CloudWatchAlarmEvent, CloudWatchAlarmMetricDataQuery } from "aws-lambda";

export type AlarmStateValue = "ALARM" | "INSUFFICIENT_DATA" | "OK";

/** A state of an alarm. */
export interface AlarmState {
  readonly value: AlarmStateValue;
  /** Why, in words. */
  readonly reason: string;
  /** Why, as data; `undefined` where CloudWatch sends none. */
  readonly reasonData: unknown;
  /** Since when. */
  readonly at: Date;
  /** What keeps a composite alarm's other actions from running. */
  readonly actionsSuppressedBy: "Alarm" | "ExtensionPeriod" | "WaitPeriod" | undefined;
  readonly actionsSuppressedReason: string | undefined;
}

/** What all alarms have. */
export interface AlarmBase {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly accountId: string;
  readonly region: string;
  /** When the state changed. */
  readonly at: Date;
  readonly state: AlarmState;
  readonly previousState: AlarmState;
  /** The event as CloudWatch sent it. */
  readonly raw: CloudWatchAlarmEvent;
}

export interface MetricAlarm extends AlarmBase {
  readonly kind: "metric";
  readonly metrics: readonly CloudWatchAlarmMetricDataQuery[];
}

export interface CompositeAlarm extends AlarmBase {
  readonly kind: "composite";
  /** The rule over other alarms. */
  readonly rule: string;
  /** The alarm that keeps actions from running. */
  readonly actionsSuppressor: string | undefined;
}

/**
 * A change of an alarm's state.
 *
 * AWS: "Invoke a Lambda function from an alarm".
 */
export type Alarm = CompositeAlarm | MetricAlarm;

export interface CloudwatchAlarmKind extends Kind {
  readonly event: CloudWatchAlarmEvent;
  readonly reply: void;
  readonly item: Alarm;
  readonly context: unknown;
  readonly output: Ignored;
}

/**
 * The source for alarms that invoke the function as their action. CloudWatch does not wait, and wants no reply; a
 * function that rejects is called again, twice by default.
 *
 * AWS: "Invoke a Lambda function from an alarm".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(cloudwatchAlarm(), async ({ name, state }) => {
 *   if (state.value === "ALARM") await page(name, state.reason);
 * });
 */
export function cloudwatchAlarm(options: DeadlineOptions = {}): Source<CloudwatchAlarmKind> {
  return singleSource<CloudwatchAlarmKind>({
    name: "cloudwatchAlarm",
    expects: 'an alarm\'s event (source is "aws.cloudwatch", with alarmArn and alarmData)',
    accepts: (event) =>
      isObject(event) && event["source"] === "aws.cloudwatch" && typeof event["alarmArn"] === "string" && isObject(event["alarmData"]),
    options,
    item: toAlarm,
    delivery: ({ alarmArn }, lambda) => ({ id: lambda.awsRequestId ?? alarmArn, index: 0, source: "cloudwatchAlarm", attempt: undefined }),
    finish: () => toOutcome(undefined),
    reply: () => undefined,
  });
}

// AWS's types promise members that events made by hand lack.
type Loose<T> = { readonly [P in keyof T]?: (T[P] extends object ? Loose<T[P]> : T[P]) | null | undefined };

function toAlarm(raw: CloudWatchAlarmEvent): Alarm {
  const { alarmArn, accountId, region, time, alarmData } = raw;
  const { alarmName, state, previousState } = alarmData;
  // One of the two kinds of configuration, told apart by the rule.
  const configuration = (alarmData.configuration ?? {}) as {
    readonly alarmRule?: unknown;
    readonly description?: string | null;
    readonly metrics?: readonly CloudWatchAlarmMetricDataQuery[];
    readonly actionsSuppressor?: string | null;
  };
  const base: AlarmBase = {
    name: alarmName ?? "",
    arn: alarmArn,
    description: configuration.description ?? undefined,
    accountId: accountId ?? "",
    region: region ?? "",
    at: toDate(time),
    state: toState(state),
    previousState: toState(previousState),
    raw,
  };
  const { alarmRule, actionsSuppressor, metrics } = configuration;
  return typeof alarmRule === "string"
    ? { ...base, kind: "composite", rule: alarmRule, actionsSuppressor: actionsSuppressor ?? undefined }
    : { ...base, kind: "metric", metrics: metrics ?? [] };
}

function toState(raw: Loose<CloudWatchAlarmEvent["alarmData"]["state"]> | undefined): AlarmState {
  const { value, reason, reasonData, timestamp, actionsSuppressedBy, actionsSuppressedReason } = raw ?? {};
  return {
    // A state that is not known is one of which nothing is known.
    value: value === "OK" || value === "ALARM" ? value : "INSUFFICIENT_DATA",
    reason: reason ?? "",
    reasonData: parsed(reasonData),
    at: toDate(timestamp),
    actionsSuppressedBy: (actionsSuppressedBy ?? undefined) as AlarmState["actionsSuppressedBy"],
    actionsSuppressedReason: actionsSuppressedReason ?? undefined,
  };
}

function parsed(json: unknown): unknown {
  if (typeof json !== "string") return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
