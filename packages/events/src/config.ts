import type { DeadlineOptions, Kind, Schema, Source } from "@lamella/core";
import { awsCall } from "@lamella/core/aws";
import { checkSchema, mustBe, type OutputOutcome, sendingSource, toOutcome } from "@lamella/core/extend";
import { type ConfigNotification, type ConfigRuleEvent, RuleItem, toNotificationDecoder } from "./config/config-item.ts";
import { type ConfigResult, type Evaluation, toEvaluations } from "./config/evaluations.ts";
import { EvaluationsRefusedError } from "./errors/evaluations-refused-error.ts";
import { type AwsClient, signalOf } from "./internal/aws-client.ts";

export type {
  ConfigNotification,
  ConfigRuleEvent,
  ConfigurationChange,
  ConfigurationItem,
  ConfigurationItemSummary,
  NotificationBase,
  OversizedChange,
  Scheduled,
  SnapshotDelivered,
} from "./config/config-item.ts";
export type { Compliance, ConfigResult, Evaluation } from "./config/evaluations.ts";
export type { AwsClient, AwsClientCall } from "./internal/aws-client.ts";
export { EvaluationsRefusedError };

export interface ConfigKind<RuleParameters> extends Kind {
  readonly event: ConfigRuleEvent;
  readonly reply: void;
  readonly item: ConfigNotification<RuleParameters>;
  readonly context: unknown;
  readonly output: ConfigResult;
}

export interface ConfigOptions<RuleParameters> extends DeadlineOptions {
  /**
   * How AWS Config is called. The function's role needs `config:PutEvaluations`.
   * @default `awsCall` of `@lamella/core/aws`
   */
  readonly client?: AwsClient | undefined;
  /** What the rule's parameters must be. Their values are text. @default an object of anything */
  readonly ruleParameters?: Schema<RuleParameters> | undefined;
}

/** What is kept free before the timeout to deliver the evaluations. */
const SENDS_MS = 1_000;
const SERVICE = { service: "config", serviceId: "Config Service", jsonVersion: "1.1" } as const;
/** What AWS Config takes at once. */
const BATCH = 100;

/**
 * The source for custom rules of AWS Config. The handler returns what it found, and the source delivers it. What it
 * throws rejects the invocation, and Lambda runs it again.
 *
 * AWS: "AWS Config Custom Lambda Rules", "PutEvaluations".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @example
 * export const handler = wrap(config({ ruleParameters: Limits }), async (notification) => (isFine(notification) ? "COMPLIANT" : "NON_COMPLIANT"));
 */
export function config<RuleParameters = Readonly<Record<string, unknown>>>(
  options: ConfigOptions<RuleParameters> = {},
): Source<ConfigKind<RuleParameters>> {
  const { client = awsCall, ruleParameters } = options;
  mustBe(typeof client === "function", "config({ client })", "a function", client);
  if (ruleParameters !== undefined) checkSchema(ruleParameters, "config({ ruleParameters })");
  const decoder = toNotificationDecoder(ruleParameters);
  type Item = RuleItem<RuleParameters> & ConfigNotification<RuleParameters>;
  return sendingSource<ConfigKind<RuleParameters>, Item>({
    name: "config",
    expects: "an event of an AWS Config rule (invokingEvent and resultToken)",
    accepts: isRuleEvent,
    options,
    sendsMs: SENDS_MS,
    // One class for all message types; `messageType` tells what the others can be.
    item: (raw) => new RuleItem(raw, decoder) as Item,
    delivery: (_event, lambda) => ({ id: lambda.awsRequestId ?? "", index: 0, source: "config", attempt: undefined }),
    decode: (item) => item["~decode"](),
    finish: (returned, item) => toOutcome(toEvaluations(returned, item)),
    send: async (outcome, { raw }, lambda) => {
      const signal = signalOf(lambda);
      const all = ((outcome as OutputOutcome).output as readonly Required<Evaluation>[]).map(toWire);
      const refused: Wire[] = [];
      // Once for none as well: AWS Config waits to hear that the rule was run.
      for (let start = 0; start === 0 || start < all.length; start += BATCH) {
        const input = {
          Evaluations: all.slice(start, start + BATCH),
          ResultToken: raw.resultToken,
          // What AWS's own tools send in place of a token to try a rule out.
          ...(raw.resultToken === "TESTMODE" && { TestMode: true }),
        };
        const answer = await client({ ...SERVICE, target: "StarlingDoveService.PutEvaluations", input, signal });
        refused.push(...((answer as { readonly FailedEvaluations?: readonly Wire[] | null } | undefined)?.FailedEvaluations ?? []));
      }
      if (refused.length > 0) throw new EvaluationsRefusedError(refused);
    },
  });
}

function isRuleEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null) return false;
  const { invokingEvent, resultToken } = event as Readonly<Record<string, unknown>>;
  return typeof invokingEvent === "string" && typeof resultToken === "string";
}

/** An evaluation as AWS Config takes it; times are in seconds. */
interface Wire {
  readonly ComplianceResourceType: string;
  readonly ComplianceResourceId: string;
  readonly ComplianceType: string;
  readonly Annotation: string | undefined;
  readonly OrderingTimestamp: number;
}

function toWire({ resourceType, resourceId, compliance, annotation, at }: Required<Evaluation>): Wire {
  return {
    ComplianceResourceType: resourceType as string,
    ComplianceResourceId: resourceId as string,
    ComplianceType: compliance,
    Annotation: annotation,
    OrderingTimestamp: (at as Date).getTime() / 1_000,
  };
}
