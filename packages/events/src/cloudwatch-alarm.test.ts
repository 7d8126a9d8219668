import { wrap } from "@lamella/core";
import { cloudwatchAlarmEvent, lambdaContext, testing } from "@lamella/testing";
import { cloudwatchAlarmFixture, cloudwatchCompositeAlarmFixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { type Alarm, cloudwatchAlarm } from "./cloudwatch-alarm.ts";

async function open(event: unknown): Promise<Alarm> {
  const items: Alarm[] = [];
  await wrap(cloudwatchAlarm(), async (alarm) => void items.push(alarm))(event as never, lambdaContext());
  return items[0] as Alarm;
}

describe("cloudwatchAlarm", () => {
  it("opens an alarm on a metric", async () => {
    expect(await open(cloudwatchAlarmFixture)).toEqual({
      kind: "metric",
      name: "checkout-errors",
      arn: "arn:aws:cloudwatch:us-east-1:444455556666:alarm:checkout-errors",
      description: "Checkout fails",
      accountId: "444455556666",
      region: "us-east-1",
      at: new Date("2026-01-31T12:36:15.490Z"),
      state: {
        value: "ALARM",
        reason: expect.stringContaining("Threshold Crossed"),
        reasonData: { version: "1.0", threshold: 5, recentDatapoints: [9] },
        at: new Date("2026-01-31T12:36:15.490Z"),
        actionsSuppressedBy: undefined,
        actionsSuppressedReason: undefined,
      },
      previousState: expect.objectContaining({
        value: "INSUFFICIENT_DATA",
        reasonData: undefined,
        at: new Date("2026-01-31T12:31:29.591Z"),
      }),
      metrics: [expect.objectContaining({ id: "m1", returnData: true })],
      raw: cloudwatchAlarmFixture,
    });
  });

  it("opens a composite alarm", async () => {
    expect(await open(cloudwatchCompositeAlarmFixture)).toMatchObject({
      kind: "composite",
      rule: "ALARM(checkout-errors) OR ALARM(search-errors)",
      actionsSuppressor: "maintenance",
      description: undefined,
      state: { value: "OK", reasonData: { triggeringAlarms: [expect.anything()] } },
      previousState: { value: "ALARM", actionsSuppressedBy: "WaitPeriod", actionsSuppressedReason: "Actions suppressed by WaitPeriod" },
    });
  });

  it("survives an alarm of which only the marks are there", async () => {
    const alarm = await open({ source: "aws.cloudwatch", alarmArn: "arn", alarmData: {} });

    expect(alarm).toMatchObject({ kind: "metric", name: "", region: "", metrics: [], state: { value: "INSUFFICIENT_DATA", reason: "" } });
    expect(alarm.at.getTime(), "a time that is missing").toBeNaN();
  });

  it.for([
    { what: "a reason that is no JSON", reasonData: "{" },
    { what: "no reason", reasonData: undefined },
  ])("has no data of $what", async ({ reasonData }) => {
    const { alarmData } = cloudwatchAlarmFixture;
    const event = { ...cloudwatchAlarmFixture, alarmData: { ...alarmData, state: { ...alarmData.state, reasonData } } };

    expect((await open(event)).state.reasonData).toBeUndefined();
  });

  it("refuses the same alarm from EventBridge", async () => {
    await expect(open({ source: "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", detail: {} })).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
    });
  });

  it.for([
    { input: {}, gives: { kind: "metric", name: "orders-errors", state: { value: "ALARM" }, previousState: { value: "OK" } } },
    { input: { state: "OK" as const, rule: "ALARM(a)" }, gives: { kind: "composite", rule: "ALARM(a)", state: { value: "OK" } } },
    {
      input: { at: new Date(0), description: "d" },
      gives: { at: new Date(0), description: "d", previousState: { at: new Date(-300_000) } },
    },
  ])("opens what cloudwatchAlarmEvent makes of $input", async ({ input, gives }) => {
    expect(await open(cloudwatchAlarmEvent(input))).toMatchObject(gives);
  });

  it("ignores what the handler returns, and rejects with what it throws", async () => {
    expect(await wrap(cloudwatchAlarm(), async () => 5)(cloudwatchAlarmFixture, lambdaContext())).toBeUndefined();
    const failed = new Error("pager is down");
    const { error, outcomes } = await testing(
      wrap(cloudwatchAlarm(), async () => {
        throw failed;
      }),
    ).send(cloudwatchAlarmFixture);

    expect(error).toBe(failed);
    expect(outcomes).toMatchObject([{ fate: "rejected", delivery: { source: "cloudwatchAlarm" } }]);
  });
});
