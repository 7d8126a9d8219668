import { wrap } from "@lamella/core";
import { type ConfigEventInput, configEvent, lambdaContext, testing } from "@lamella/testing";
import { configOversizedFixture, configScheduledFixture } from "@lamella/testing/fixtures";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  type AwsClientCall,
  type ConfigNotification,
  type ConfigOptions,
  type ConfigResult,
  type ConfigRuleEvent,
  config,
} from "./config.ts";

/** Runs a rule, and gives what AWS Config is told. */
async function run(
  event: ConfigRuleEvent,
  handle: (notification: ConfigNotification<Readonly<Record<string, unknown>>>) => unknown,
  options: Partial<ConfigOptions<Readonly<Record<string, unknown>>>> = {},
) {
  const calls: AwsClientCall[] = [];
  const client = async (call: AwsClientCall): Promise<unknown> => {
    calls.push(call);
    return options.client?.(call) ?? {};
  };
  const { error, outcomes } = await testing(
    wrap(config({ ...options, client }), async (notification) => (await handle(notification)) as ConfigResult),
  ).send(event);
  return { error, outcomes, calls, inputs: calls.map(({ input }) => input as { Evaluations: object[]; TestMode?: boolean }) };
}

const changed: ConfigEventInput = { configurationItem: { resourceType: "AWS::S3::Bucket", resourceId: "orders", tags: { team: "a" } } };
const bucket = {
  ComplianceResourceType: "AWS::S3::Bucket",
  ComplianceResourceId: "orders",
  OrderingTimestamp: Date.parse("2026-01-31T12:00:00Z") / 1_000,
};

describe("config", () => {
  it("gives the handler a change, with the resource and the rule's parameters", async () => {
    const seen: unknown[] = [];
    await run(configEvent({ ...changed, ruleParameters: { days: "30" }, ruleName: "r" }), (notification) => {
      const { messageType, configurationItem, summary, ruleParameters, ruleName, leftScope, isApplicable } = notification;
      seen.push({ messageType, id: configurationItem?.resourceId, summary, ruleParameters, ruleName, leftScope, isApplicable });
    });

    expect(seen).toEqual([
      {
        messageType: "ConfigurationItemChangeNotification",
        id: "orders",
        summary: undefined,
        ruleParameters: { days: "30" },
        ruleName: "r",
        leftScope: false,
        isApplicable: true,
      },
    ]);
  });

  it.for([
    { what: "an oversized change", event: configOversizedFixture, type: "AWS::EC2::Instance", id: "i-00000000", at: 1_769_860_801.261 },
    { what: "a schedule", event: configScheduledFixture, type: "AWS::::Account", id: "123456789012", at: 1_769_896_200.373 },
  ])("says of $what what it is about, if the handler does not", async ({ event, type, id, at }) => {
    const { inputs } = await run(event, () => "COMPLIANT");

    expect(inputs).toEqual([
      {
        Evaluations: [{ ComplianceResourceType: type, ComplianceResourceId: id, ComplianceType: "COMPLIANT", OrderingTimestamp: at }],
        ResultToken: event.resultToken,
      },
    ]);
  });

  it.for([
    { status: "OK", leftScope: false, isApplicable: true },
    { status: "ResourceDiscovered", leftScope: false, isApplicable: true },
    { status: "ResourceDeleted", leftScope: false, isApplicable: false },
    { status: "OK", leftScope: true, isApplicable: false },
  ])("says that a resource that is $status, out of scope $leftScope, is applicable: $isApplicable", async (row) => {
    const seen: unknown[] = [];
    const event = configEvent({ configurationItem: { configurationItemStatus: row.status }, eventLeftScope: row.leftScope });
    await run(event, (notification) => void seen.push(notification.isApplicable, notification.leftScope));

    expect(seen).toEqual([row.isApplicable, row.leftScope]);
  });

  it.for([
    { what: "a word", returns: "NON_COMPLIANT", evaluations: [{ ...bucket, ComplianceType: "NON_COMPLIANT" }] },
    {
      what: "an evaluation",
      returns: { compliance: "NON_COMPLIANT", annotation: "open to all" },
      evaluations: [{ ...bucket, ComplianceType: "NON_COMPLIANT", Annotation: "open to all" }],
    },
    {
      what: "several",
      returns: [{ compliance: "COMPLIANT", resourceType: "T", resourceId: "a", at: new Date(1_500) }, "NOT_APPLICABLE"],
      evaluations: [
        { ComplianceResourceType: "T", ComplianceResourceId: "a", ComplianceType: "COMPLIANT", OrderingTimestamp: 1.5 },
        { ...bucket, ComplianceType: "NOT_APPLICABLE" },
      ],
    },
    { what: "nothing", returns: undefined, evaluations: [] },
  ])("delivers what the handler returned: $what", async ({ returns, evaluations }) => {
    const { inputs, calls } = await run(configEvent(changed), () => returns);

    expect(inputs).toEqual([{ Evaluations: evaluations, ResultToken: "result-token" }]);
    expect(calls).toMatchObject([{ service: "config", target: "StarlingDoveService.PutEvaluations", jsonVersion: "1.1" }]);
  });

  it.for([
    { count: 100, batches: [100] },
    { count: 101, batches: [100, 1] },
    { count: 250, batches: [100, 100, 50] },
  ])("delivers $count evaluations in batches of $batches", async ({ count, batches }) => {
    const found = Array.from({ length: count }, (_, index) => ({ compliance: "COMPLIANT", resourceType: "T", resourceId: `r${index}` }));
    const { inputs } = await run(configEvent(), () => found);

    expect(inputs.map(({ Evaluations }) => Evaluations.length)).toEqual(batches);
    expect(new Set(inputs.flatMap(({ Evaluations }) => Evaluations.map((each) => (each as typeof bucket).ComplianceResourceId))).size).toBe(
      count,
    );
  });

  it.for([
    { length: 256, ends: "x" },
    { length: 257, ends: "…" },
  ])("sends an annotation of $length characters with $ends at its end", async ({ length, ends }) => {
    const { inputs } = await run(configEvent(changed), () => ({ compliance: "COMPLIANT", annotation: "x".repeat(length) }));

    expect(inputs).toMatchObject([{ Evaluations: [{ Annotation: `${"x".repeat(255)}${ends}` }] }]);
  });

  it("tries a rule out without a result where AWS's tools ask for it", async () => {
    expect((await run(configEvent({ ...changed, resultToken: "TESTMODE" }), () => "COMPLIANT")).inputs).toMatchObject([{ TestMode: true }]);
  });

  it.for([
    { what: "another word", returns: "FINE" },
    { what: "INSUFFICIENT_DATA, which AWS Config does not take", returns: "INSUFFICIENT_DATA" },
    { what: "null in a list", returns: [null] },
    { what: "an evaluation of no resource", returns: { compliance: "COMPLIANT", resourceId: "" } },
    { what: "an invalid time", returns: { compliance: "COMPLIANT", at: new Date(Number.NaN) } },
    { what: "an annotation that is no text", returns: { compliance: "COMPLIANT", annotation: 5 } },
  ])("rejects and delivers nothing when the handler returns $what", async ({ returns }) => {
    const { error, calls } = await run(configEvent(changed), () => returns);

    expect(error).toMatchObject({ code: "LAMELLA_OUTPUT" });
    expect(calls).toEqual([]);
  });

  it("rejects when AWS Config refuses an evaluation, after it was given all", async () => {
    const found = Array.from({ length: 150 }, (_, index) => ({ compliance: "COMPLIANT", resourceType: "T", resourceId: `r${index}` }));
    const client = async ({ input }: AwsClientCall) => ({
      FailedEvaluations: (input as { Evaluations: object[] }).Evaluations.slice(0, 1),
    });
    const { error, inputs, outcomes } = await run(configEvent(), () => found, { client });

    expect(error).toMatchObject({
      code: "LAMELLA_EVALUATIONS_REFUSED",
      message: expect.stringContaining("refused 2 evaluations, the first of T r0"),
    });
    expect(inputs).toHaveLength(2);
    expect(outcomes).toMatchObject([{ fate: "rejected" }]);
  });

  it("rejects with the handler's error, and delivers nothing", async () => {
    const error = new Error("no access");
    const result = await run(configEvent(changed), () => {
      throw error;
    });

    expect(result.error).toBe(error);
    expect(result.calls).toEqual([]);
  });

  it.for([
    { what: "no JSON", event: { ...configEvent(changed), invokingEvent: "{" }, part: "invokingEvent" },
    { what: "no object", event: { ...configEvent(changed), invokingEvent: "[]" }, part: "invokingEvent" },
    { what: "of another type", event: { ...configEvent(changed), invokingEvent: '{"messageType":"toString"}' }, part: "invokingEvent" },
    {
      what: "without its resource",
      event: { ...configEvent(changed), invokingEvent: '{"messageType":"ConfigurationItemChangeNotification"}' },
      part: "invokingEvent's configurationItem",
    },
    { what: "with parameters that are no JSON", event: { ...configEvent(changed), ruleParameters: "{" }, part: "ruleParameters" },
    { what: "with a polluting key", event: { ...configEvent(changed), ruleParameters: '{"__proto__":{}}' }, part: "ruleParameters" },
  ])("rejects a notification that is $what before the handler", async ({ event, part }) => {
    const handle = vi.fn();

    expect((await run(event, handle)).error).toMatchObject({ code: "LAMELLA_PAYLOAD", part });
    expect(handle).not.toHaveBeenCalled();
  });

  it.for([
    { what: "a synchronous schema", days: z.coerce.number() },
    { what: "an asynchronous schema", days: z.coerce.number().refine(async () => true) },
  ])("gives the handler what $what makes of the parameters", async ({ days }) => {
    const seen: unknown[] = [];
    const event = configEvent({ ...changed, ruleParameters: { days: "30" } });
    await run(event, ({ ruleParameters }) => void seen.push(ruleParameters), { ruleParameters: z.object({ days }) });

    expect(seen).toEqual([{ days: 30 }]);
  });

  it("refuses parameters that do not fit, and takes none for an empty object", async () => {
    const ruleParameters = z.object({ days: z.string() });

    expect((await run(configEvent(changed), () => "COMPLIANT", { ruleParameters })).error).toMatchObject({ part: "ruleParameters" });
    expect((await run({ ...configEvent(changed), ruleParameters: "" }, () => "COMPLIANT")).error).toBeUndefined();
  });

  it("gives a snapshot's delivery", async () => {
    const seen: unknown[] = [];
    await run(configEvent({ messageType: "ConfigurationSnapshotDeliveryCompleted" }), ({ messageType, notification }) => {
      seen.push(messageType, notification["s3Bucket"]);
    });

    expect(seen).toEqual(["ConfigurationSnapshotDeliveryCompleted", "config-bucket"]);
  });

  it.for([
    { options: { client: null }, says: "config({ client }) must be a function" },
    { options: { client: async () => {}, ruleParameters: "x" }, says: "config({ ruleParameters }) must be a Standard Schema" },
  ])("throws at load when $says", ({ options, says }) => {
    expect(() => config(options as never)).toThrow(says);
  });

  it("runs overlapping rules apart", async () => {
    const client = vi.fn(async (_call: AwsClientCall) => ({}));
    const handler = wrap(config({ client }), async ({ ruleName }) => ({ compliance: "COMPLIANT", annotation: ruleName }) as const);
    await Promise.all(["a", "b"].map((ruleName) => handler(configEvent({ ...changed, ruleName, resultToken: ruleName }), lambdaContext())));

    for (const [{ input }] of client.mock.calls)
      expect(input).toMatchObject({ Evaluations: [{ Annotation: (input as { ResultToken: string }).ResultToken }] });
    expect(client).toHaveBeenCalledTimes(2);
  });
});
