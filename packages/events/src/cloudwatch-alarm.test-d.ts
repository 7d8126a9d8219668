import { type Lambda, wrap } from "@lamella/core";
import type { CloudWatchAlarmHandler } from "aws-lambda";
import { same } from "../../core/test/same.ts";
import { type CloudWatchAlarmEvent, type CloudWatchAlarmMetricDataQuery, cloudwatchAlarm } from "./cloudwatch-alarm.ts";

const handler = wrap(cloudwatchAlarm(), async (alarm) => {
  same<typeof alarm.state.value, "ALARM" | "INSUFFICIENT_DATA" | "OK">();
  same<typeof alarm.state.at, Date>();
  if (alarm.kind === "composite") same<typeof alarm.rule, string>();
  else same<typeof alarm.metrics, readonly CloudWatchAlarmMetricDataQuery[]>();
});
same<typeof handler, Lambda<CloudWatchAlarmEvent, void>>();
export const aws: CloudWatchAlarmHandler = handler;
// @ts-expect-error 2339: an alarm on a metric has no rule
wrap(cloudwatchAlarm(), async (alarm) => void (alarm.kind === "metric" && alarm.rule));
// @ts-expect-error 2367: no such state
wrap(cloudwatchAlarm(), async ({ state }) => void (state.value === "ALARMED"));
// @ts-expect-error 2353: no such option
cloudwatchAlarm({ body: 5 });
