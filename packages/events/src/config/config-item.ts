import { PayloadError, type Schema } from "@lamella/core";
import { type Decoder, PayloadItem, parseJson, validate } from "@lamella/core/extend";

/**
 * What AWS Config sends to the function of a rule. Two of its members are JSON in text.
 *
 * AWS: "Example AWS Lambda Functions and Events for AWS Config Rules".
 */
export interface ConfigRuleEvent {
  readonly invokingEvent: string;
  readonly ruleParameters?: string | null | undefined;
  readonly resultToken: string;
  readonly eventLeftScope?: boolean | undefined;
  readonly executionRoleArn?: string | undefined;
  readonly configRuleArn?: string | undefined;
  readonly configRuleName?: string | undefined;
  readonly configRuleId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly version?: string | undefined;
}

/** What is in the summary of a resource and in the whole. */
export interface ConfigurationItemSummary {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string | null | undefined;
  readonly ARN?: string | undefined;
  readonly awsAccountId?: string | undefined;
  readonly awsRegion?: string | undefined;
  readonly availabilityZone?: string | null | undefined;
  /** `OK`, `ResourceDiscovered`, `ResourceNotRecorded`, `ResourceDeleted`, `ResourceDeletedNotRecorded`. */
  readonly configurationItemStatus: string;
  readonly configurationItemCaptureTime: string;
  readonly resourceCreationTime?: string | null | undefined;
  readonly configurationStateId?: number | undefined;
}

/**
 * A resource and its configuration, as AWS Config recorded it.
 *
 * AWS: "Components of a Configuration Item".
 */
export interface ConfigurationItem extends ConfigurationItemSummary {
  readonly configuration: unknown;
  readonly supplementaryConfiguration?: Readonly<Record<string, unknown>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly relationships?:
    | readonly {
        readonly resourceId?: string | undefined;
        readonly resourceType?: string | undefined;
        readonly name?: string | undefined;
      }[]
    | undefined;
}

/** What every notification says. */
export interface NotificationBase<out RuleParameters> {
  /** What the `ruleParameters` option makes of the rule's parameters. */
  readonly ruleParameters: RuleParameters;
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly ruleId: string;
  readonly accountId: string;
  /** The resource is not the rule's concern any more. */
  readonly leftScope: boolean;
  /** Whether there is something to look at: the resource is there, and in the rule's scope. Else the answer is `NOT_APPLICABLE`. */
  readonly isApplicable: boolean;
  /** The notification, parsed. */
  readonly notification: Readonly<Record<string, unknown>>;
  /** The event as AWS Config sent it. */
  readonly raw: ConfigRuleEvent;
}

/** A resource changed. */
export interface ConfigurationChange<out RuleParameters> extends NotificationBase<RuleParameters> {
  readonly messageType: "ConfigurationItemChangeNotification";
  readonly configurationItem: ConfigurationItem;
  readonly summary: undefined;
}

/** A resource changed, and its configuration is too large to be sent: `GetResourceConfigHistory` has it. */
export interface OversizedChange<out RuleParameters> extends NotificationBase<RuleParameters> {
  readonly messageType: "OversizedConfigurationItemChangeNotification";
  readonly configurationItem: undefined;
  readonly summary: ConfigurationItemSummary;
}

/** The rule is run by its schedule. */
export interface Scheduled<out RuleParameters> extends NotificationBase<RuleParameters> {
  readonly messageType: "ScheduledNotification";
  readonly configurationItem: undefined;
  readonly summary: undefined;
}

/** AWS Config has delivered a snapshot, and the rule is run after it. */
export interface SnapshotDelivered<out RuleParameters> extends NotificationBase<RuleParameters> {
  readonly messageType: "ConfigurationSnapshotDeliveryCompleted";
  readonly configurationItem: undefined;
  readonly summary: undefined;
}

/**
 * Why a rule is run.
 *
 * AWS: "Example Events for AWS Config Rules".
 */
export type ConfigNotification<RuleParameters> =
  | ConfigurationChange<RuleParameters>
  | OversizedChange<RuleParameters>
  | Scheduled<RuleParameters>
  | SnapshotDelivered<RuleParameters>;

type MessageType = ConfigNotification<unknown>["messageType"];

/** Where each type of message has its resource. */
const RESOURCE_IN: Readonly<Record<MessageType, "configurationItem" | "configurationItemSummary" | undefined>> = {
  ConfigurationItemChangeNotification: "configurationItem",
  OversizedConfigurationItemChangeNotification: "configurationItemSummary",
  ScheduledNotification: undefined,
  ConfigurationSnapshotDeliveryCompleted: undefined,
};

/** What the texts of an event hold. */
interface Contents<RuleParameters> {
  readonly messageType: MessageType;
  readonly notification: Readonly<Record<string, unknown>>;
  readonly resource: ConfigurationItem | undefined;
  readonly ruleParameters: RuleParameters;
}

type NotificationDecoder<RuleParameters> = Decoder<Contents<RuleParameters>, ConfigRuleEvent>;

/** Decodes the texts of an event. */
export function toNotificationDecoder<RuleParameters>(schema: Schema<RuleParameters> | undefined): NotificationDecoder<RuleParameters> {
  return {
    part: "invokingEvent",
    decode: ({ invokingEvent, ruleParameters: text }, part) => {
      const notification = toObject(parseJson(invokingEvent, part), part);
      const { messageType } = notification as { readonly messageType: MessageType };
      if (typeof messageType !== "string" || !Object.hasOwn(RESOURCE_IN, messageType))
        throw new PayloadError({ part, problem: "has none of the message types that AWS Config sends to rules" });
      const name = RESOURCE_IN[messageType];
      const resource =
        name === undefined ? undefined : (toObject(notification[name], `invokingEvent's ${name}`) as unknown as ConfigurationItem);
      // A rule without parameters has no text for them, or an empty one.
      const raw = typeof text === "string" && text !== "" ? parseJson(text, "ruleParameters") : {};
      const given = schema === undefined ? (raw as RuleParameters) : validate(schema, raw, "ruleParameters");
      const withParameters = (ruleParameters: RuleParameters) => ({ messageType, notification, resource, ruleParameters });
      return given instanceof Promise ? given.then(withParameters) : withParameters(given);
    },
  };
}

function toObject(value: unknown, part: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new PayloadError({ part, problem: "is no object" });
}

// Events made by hand lack members that AWS Config sends, so every one is read with care.
export class RuleItem<out RuleParameters> extends PayloadItem<ConfigRuleEvent, Contents<RuleParameters>, ConfigRuleEvent> {
  "~sent"?: Promise<unknown> | undefined;

  get messageType(): MessageType {
    return this.payload().messageType;
  }

  get notification(): Readonly<Record<string, unknown>> {
    return this.payload().notification;
  }

  get configurationItem(): ConfigurationItem | undefined {
    return this.messageType === "ConfigurationItemChangeNotification" ? this.payload().resource : undefined;
  }

  get summary(): ConfigurationItemSummary | undefined {
    return this.messageType === "OversizedConfigurationItemChangeNotification" ? this.payload().resource : undefined;
  }

  get ruleParameters(): RuleParameters {
    return this.payload().ruleParameters;
  }

  get ruleName(): string {
    return this.raw.configRuleName ?? "";
  }

  get ruleArn(): string {
    return this.raw.configRuleArn ?? "";
  }

  get ruleId(): string {
    return this.raw.configRuleId ?? "";
  }

  get accountId(): string {
    return this.raw.accountId ?? "";
  }

  get leftScope(): boolean {
    return this.raw.eventLeftScope === true;
  }

  get isApplicable(): boolean {
    const { resource } = this.payload();
    const isThere = resource === undefined || ["OK", "ResourceDiscovered"].includes(resource.configurationItemStatus);
    return isThere && !this.leftScope;
  }

  /** What an evaluation is about, if it does not say. */
  get "~resource"(): { readonly type: string; readonly id: string } {
    const { resource } = this.payload();
    return resource === undefined
      ? { type: "AWS::::Account", id: this.accountId }
      : { type: resource.resourceType, id: resource.resourceId };
  }

  /** When what an evaluation is about was so, if it does not say. */
  get "~at"(): Date {
    const { resource, notification } = this.payload();
    const at = Date.parse((resource?.configurationItemCaptureTime ?? notification["notificationCreationTime"]) as string);
    return new Date(Number.isNaN(at) ? Date.now() : at);
  }

  protected encoded(): ConfigRuleEvent {
    return this.raw;
  }
}
