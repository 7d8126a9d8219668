/** A resource, as AWS Config recorded it; what is left out is made up. */
export interface ConfigurationItemInput {
  /** @default "AWS::S3::Bucket" */
  readonly resourceType?: string | undefined;
  /** @default "bucket" */
  readonly resourceId?: string | undefined;
  /** @default "OK" */
  readonly configurationItemStatus?: string | undefined;
  readonly configuration?: unknown;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** What a test says of a rule's run; the rest is made up, and the same in every run. */
export interface ConfigEventInput {
  /** @default "ConfigurationItemChangeNotification" with a `configurationItem`, else "ScheduledNotification" */
  readonly messageType?:
    | "ConfigurationItemChangeNotification"
    | "OversizedConfigurationItemChangeNotification"
    | "ScheduledNotification"
    | "ConfigurationSnapshotDeliveryCompleted"
    | undefined;
  /** What changed. */
  readonly configurationItem?: ConfigurationItemInput | undefined;
  /** @default none */
  readonly ruleParameters?: Readonly<Record<string, string>> | undefined;
  /** @default "rule" */
  readonly ruleName?: string | undefined;
  /** @default false */
  readonly eventLeftScope?: boolean | undefined;
  /** @default "result-token" */
  readonly resultToken?: string | undefined;
}

/** What AWS Config sends: two members are JSON in text. */
export interface ConfigEvent {
  readonly invokingEvent: string;
  readonly ruleParameters?: string;
  readonly resultToken: string;
  readonly eventLeftScope: boolean;
  readonly executionRoleArn: string;
  readonly configRuleArn: string;
  readonly configRuleName: string;
  readonly configRuleId: string;
  readonly accountId: string;
  readonly version: string;
}

const ACCOUNT = "123456789012";
const AT = "2026-01-31T12:00:00.000Z";

/**
 * The event of a run of a rule: what `config()` opens.
 *
 * AWS: "Example Events for AWS Config Rules".
 *
 * @example
 * configEvent({ configurationItem: { resourceType: "AWS::S3::Bucket", resourceId: "orders" }, ruleParameters: { days: "30" } });
 */
export function configEvent(input: ConfigEventInput = {}): ConfigEvent {
  const { configurationItem: item, ruleName = "rule", eventLeftScope = false, resultToken = "result-token", ruleParameters } = input;
  const { messageType = item === undefined ? "ScheduledNotification" : "ConfigurationItemChangeNotification" } = input;
  return {
    invokingEvent: JSON.stringify({
      ...toNotification(messageType, item ?? {}),
      messageType,
      notificationCreationTime: AT,
      recordVersion: "1.3",
    }),
    ...(ruleParameters !== undefined && { ruleParameters: JSON.stringify(ruleParameters) }),
    resultToken,
    eventLeftScope,
    executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/config-role`,
    configRuleArn: `arn:aws:config:eu-west-1:${ACCOUNT}:config-rule/config-rule-abc123`,
    configRuleName: ruleName,
    configRuleId: "config-rule-abc123",
    accountId: ACCOUNT,
    version: "1.0",
  };
}

function toNotification(messageType: NonNullable<ConfigEventInput["messageType"]>, item: ConfigurationItemInput): object {
  const { resourceType = "AWS::S3::Bucket", resourceId = "bucket", configurationItemStatus = "OK", configuration = {}, tags = {} } = item;
  const summary = {
    resourceType,
    resourceId,
    configurationItemStatus,
    ARN: `arn:aws:example:eu-west-1:${ACCOUNT}:${resourceId}`,
    awsAccountId: ACCOUNT,
    awsRegion: "eu-west-1",
    configurationItemCaptureTime: AT,
  };
  switch (messageType) {
    case "ConfigurationItemChangeNotification":
      return { configurationItem: { ...summary, configuration, tags, relationships: [] }, configurationItemDiff: null };
    case "OversizedConfigurationItemChangeNotification":
      return { configurationItemSummary: { ...summary, changeType: "UPDATE" } };
    case "ScheduledNotification":
      return { awsAccountId: ACCOUNT };
    default:
      return { configSnapshotId: "snapshot", s3Bucket: "config-bucket", s3ObjectKey: "snapshot.json.gz" };
  }
}
