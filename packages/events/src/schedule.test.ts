import { dispatch, wrap } from "@lamella/core";
import { eventBridgeEvent, lambdaContext, scheduledEvent, sqsEvent, testing } from "@lamella/testing";
import { scheduledRuleFixture, schedulerFixture, schedulerInputFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Scheduled, schedule } from "./schedule.ts";
import { sqs } from "./sqs.ts";

const context = lambdaContext();

async function open(event: unknown, input?: z.ZodType): Promise<Scheduled<unknown>> {
  const runs: Scheduled<unknown>[] = [];
  const source = input === undefined ? schedule() : schedule({ input });
  await wrap(source, async (run) => void runs.push(run))(event, context);
  return runs[0] as Scheduled<unknown>;
}

describe("schedule", () => {
  it.for([
    {
      by: "a rule",
      event: scheduledRuleFixture,
      gives: {
        id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        scheduledAt: new Date("2026-01-31T02:00:00Z"),
        ruleArn: "arn:aws:events:us-east-2:123456789012:rule/nightly",
        scheduleArn: undefined,
      },
    },
    {
      by: "the Scheduler",
      event: schedulerFixture,
      gives: {
        id: "37666ae6-48cf-4285-b4c6-a3320b38824a",
        scheduledAt: new Date("2026-01-31T03:30:00Z"),
        ruleArn: undefined,
        scheduleArn: "arn:aws:scheduler:us-east-2:123456789012:schedule/default/weekly-report",
      },
    },
  ])("opens the notification of $by, which has no input", async ({ event, gives }) => {
    const run = await open(event);

    expect(run).toMatchObject({ ...gives, input: undefined, attempt: undefined });
    expect(run.raw).toBe(event);
  });

  it("gives the input as the schema makes it, and what its context attributes tell", async () => {
    const run = await open(schedulerInputFixture, z.object({ report: z.string() }));

    expect(run).toMatchObject({
      input: { report: "weekly" },
      id: "d32c5kddcf5bb8c3",
      scheduledAt: new Date("2026-01-31T03:30:00Z"),
      scheduleArn: "arn:aws:scheduler:us-east-2:123456789012:schedule/default/weekly-report",
      ruleArn: undefined,
      attempt: 2,
    });
    expect(run.raw).toBe(schedulerInputFixture);
  });

  it.for([{ input: "x" }, { input: 5 }, { input: null }, { input: true }, { input: [1, 2] }, { input: {} }, { input: sqsEvent([]) }])(
    "takes any JSON as an input: $input",
    async ({ input }) => {
      expect(await open(input, z.unknown())).toMatchObject({ input, id: undefined, scheduledAt: undefined, attempt: undefined });
    },
  );

  it.for([
    { what: "a keyword that nobody has replaced", value: "<aws.scheduler.scheduled-time>" },
    { what: "no time", value: "soon" },
    { what: "no text", value: { a: 1 } },
  ])("knows no time where the attribute is $what", async ({ value }) => {
    expect((await open({ "aws.scheduler.scheduled-time": value }, z.unknown())).scheduledAt).toBeUndefined();
  });

  it("knows no attempt and no id where nobody has replaced their keywords", async () => {
    const input = {
      "aws.scheduler.attempt-number": "<aws.scheduler.attempt-number>",
      "aws.scheduler.execution-id": "<aws.scheduler.execution-id>",
    };

    expect(await open(input, z.unknown())).toMatchObject({ attempt: undefined, id: undefined });
  });

  it.for([
    { schema: "that wants one", input: z.object({ report: z.string() }), gives: { error: { code: "LAMELLA_PAYLOAD", part: "input" } } },
    { schema: "that has a default", input: z.object({ report: z.string() }).default({ report: "daily" }), gives: { fate: "done" } },
  ])("gives a schema $schema nothing where a notification comes instead of an input", async ({ input, gives }) => {
    const seen = vi.fn();
    const { outcomes } = await testing(wrap(schedule({ input }), async (run) => seen(run.input, run.scheduledAt))).send(
      scheduledRuleFixture,
    );

    expect(outcomes).toMatchObject([gives]);
    if ("fate" in gives) expect(seen).toHaveBeenCalledWith({ report: "daily" }, new Date("2026-01-31T02:00:00Z"));
  });

  it("names the run by its id and attempt, else by the invocation's id", async () => {
    const handler = wrap(schedule({ input: z.unknown() }), async (_run, { delivery }) => void delivery);
    const { send } = testing(handler);

    expect((await send(schedulerInputFixture)).outcomes[0]?.delivery).toMatchObject({
      id: "d32c5kddcf5bb8c3",
      attempt: 2,
      source: "schedule",
    });
    expect((await send("x")).outcomes[0]?.delivery.id).toBe(context.awsRequestId);
    expect((await send(scheduledEvent({ id: "n" }))).outcomes[0]?.delivery).toMatchObject({ id: "n", attempt: undefined });
  });

  it.for([
    { what: "an input", event: { report: "weekly" } },
    { what: "an event of another detail type", event: eventBridgeEvent({ detailType: "x", source: "aws.events", detail: {} }) },
    { what: "an event of another source", event: eventBridgeEvent({ detailType: "Scheduled Event", source: "mine", detail: {} }) },
    { what: "null", event: null },
  ])("refuses $what without the option, and says what to do", async ({ event }) => {
    const error: unknown = await wrap(schedule(), async () => {})(event as never, context).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "LAMELLA_WRONG_EVENT", message: expect.stringContaining("needs schedule({ input })") });
  });

  it("leaves the events of other services to them behind a dispatch", async () => {
    const seen: string[] = [];
    const both = dispatch(
      wrap(sqs(), async () => void seen.push("sqs")),
      wrap(schedule({ input: z.unknown() }), async () => void seen.push("schedule")),
    );
    await both(sqsEvent([{ body: "x" }]), context);
    await both({ report: 1 }, context);

    expect(seen).toEqual(["sqs", "schedule"]);
  });

  it("refuses an input that could change every object", async () => {
    const event: unknown = JSON.parse('{"__proto__":{"admin":true}}');

    await expect(wrap(schedule({ input: z.looseObject({}) }), async () => {})(event, context)).rejects.toMatchObject({
      code: "LAMELLA_PAYLOAD",
    });
  });

  it("rejects with the handler's own error", async () => {
    const error = new Error("mine");
    const handler = wrap(schedule(), async () => {
      throw error;
    });

    await expect(handler(scheduledRuleFixture, context)).rejects.toBe(error);
  });

  it("throws at load for an input that is no schema", () => {
    expect(() => schedule({ input: "x" as never })).toThrow("schedule({ input }) must be a Standard Schema");
  });

  it.for([{ by: "rule" }, { by: "scheduler" }] as const)("inverts what the builder makes of a $by", async ({ by }) => {
    const scheduledAt = new Date("2027-03-04T05:06:07Z");
    const run = await open(scheduledEvent({ by, name: "mine", scheduledAt, id: "1" }));

    expect(run).toMatchObject({ id: "1", scheduledAt });
    expect(by === "rule" ? run.ruleArn : run.scheduleArn).toMatch(by === "rule" ? /:rule\/mine$/ : /:schedule\/default\/mine$/);
  });
});
