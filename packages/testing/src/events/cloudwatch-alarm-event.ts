import type { CloudWatchAlarmEvent } from "aws-lambda";

type AlarmStateInput = "ALARM" | "INSUFFICIENT_DATA" | "OK";

/** What a test says of an alarm; the rest is made up, and the same in every run. */
export interface CloudwatchAlarmEventInput {
  /** @default "orders-errors" */
  readonly name?: string | undefined;
  /** @default "ALARM" */
  readonly state?: AlarmStateInput | undefined;
  /** @default "OK" */
  readonly previousState?: AlarmStateInput | undefined;
  readonly reason?: string | undefined;
  readonly description?: string | undefined;
  /** The rule of a composite alarm; without it the alarm watches a metric. */
  readonly rule?: string | undefined;
  readonly at?: Date | undefined;
}

/**
 * The event of an alarm that changed its state: what `cloudwatchAlarm()` opens.
 *
 * AWS: "Invoke a Lambda function from an alarm".
 *
 * @example
 * cloudwatchAlarmEvent({ name: "orders-errors", state: "ALARM" });
 */
export function cloudwatchAlarmEvent(input: CloudwatchAlarmEventInput = {}): CloudWatchAlarmEvent {
  const { name = "orders-errors", state = "ALARM", previousState = "OK", reason = "Threshold Crossed", rule } = input;
  const { description, at = new Date("2026-01-31T12:00:00.000Z") } = input;
  const said = description === undefined ? {} : { description };
  return {
    source: "aws.cloudwatch",
    alarmArn: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`,
    accountId: "123456789012",
    time: timeOf(at),
    region: "eu-west-1",
    alarmData: {
      alarmName: name,
      state: { value: state, reason, timestamp: timeOf(at) },
      previousState: { value: previousState, reason: "", timestamp: timeOf(new Date(at.getTime() - 300_000)) },
      configuration:
        rule !== undefined
          ? { ...said, alarmRule: rule }
          : {
              ...said,
              metrics: [
                {
                  id: "m1",
                  metricStat: {
                    metric: { namespace: "AWS/Lambda", name: "Errors", dimensions: { FunctionName: "orders" } },
                    period: 60,
                    stat: "Sum",
                  },
                  returnData: true,
                },
              ],
            },
    },
  };
}

/** CloudWatch writes the offset without a colon. */
function timeOf(date: Date): string {
  return date.toISOString().replace("Z", "+0000");
}
