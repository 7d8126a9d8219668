import { PayloadError, type Schema } from "@lamella/core";
import { type Decoder, PayloadItem, refusePollution, validate } from "@lamella/core/extend";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { defaultIdOf, neverCreatedIdOf, stackNameOf } from "./resource-answer.ts";

/** What a request carries for the handler. */
export interface Contents<Properties> {
  readonly properties: Properties | undefined;
  readonly oldProperties: Properties | undefined;
}

export type ContentsDecoder<Properties> = Decoder<Contents<Properties>, CloudFormationCustomResourceEvent>;

const TYPES: ReadonlySet<unknown> = /* @__PURE__ */ new Set(["Create", "Update", "Delete"]);

/** Decodes the properties of a request by their schema. */
export function toContentsDecoder<Properties>(schema: Schema<Properties> | undefined): ContentsDecoder<Properties> {
  const open = (raw: unknown, part: string): Properties | Promise<Properties> => {
    refusePollution(raw, part);
    // CloudFormation's own stand among them, and would make every strict schema refuse.
    const { ServiceToken: _token, ServiceTimeout: _timeout, ...properties } = (raw ?? {}) as Readonly<Record<string, unknown>>;
    return schema === undefined ? (properties as Properties) : validate(schema, properties, part);
  };
  return {
    part: "properties",
    decode: ({ RequestType: type, ResourceProperties: raw, ...rest }) => {
      if (!TYPES.has(type)) throw new PayloadError({ part: "RequestType", problem: "is none of Create, Update and Delete" });
      const properties = type === "Delete" ? unlessUnfit(() => open(raw, "properties")) : open(raw, "properties");
      const oldProperties =
        type === "Update"
          ? unlessUnfit(() => open((rest as { readonly OldResourceProperties?: unknown }).OldResourceProperties, "oldProperties"))
          : undefined;
      return properties instanceof Promise || oldProperties instanceof Promise
        ? Promise.all([properties, oldProperties]).then(([now, before]) => ({ properties: now, oldProperties: before }))
        : { properties, oldProperties };
    },
  };
}

/**
 * What was deployed with an older schema, or failed because it did not fit, must not stand in the way of the deletion or
 * the repair of a stack.
 */
function unlessUnfit<Value>(open: () => Value | Promise<Value>): Value | undefined | Promise<Value | undefined> {
  try {
    const value = open();
    return value instanceof Promise ? value.catch(() => undefined) : value;
  } catch {
    return undefined;
  }
}

// Events made by hand lack members that AWS's types promise, so every one is read with care.
export class ResourceItem<Properties> extends PayloadItem<
  CloudFormationCustomResourceEvent,
  Contents<Properties>,
  CloudFormationCustomResourceEvent
> {
  readonly requestType: "Create" | "Update" | "Delete";
  readonly physicalId: string;
  "~sent"?: Promise<unknown> | undefined;
  /** What the request was answered with, or would have been; `undefined` while the handler has not returned. */
  "~createdId": string | undefined;
  /** The properties were decoded, so the handler may have been started. */
  "~mayHaveRun" = false;

  constructor(raw: CloudFormationCustomResourceEvent, decoder: ContentsDecoder<Properties>) {
    super(raw, decoder);
    this.requestType = raw.RequestType;
    this.physicalId = givenIdOf(raw) ?? defaultIdOf(raw);
  }

  get properties(): Properties | undefined {
    return this.payload().properties;
  }

  get oldProperties(): Properties | undefined {
    return this.payload().oldProperties;
  }

  get logicalId(): string {
    return this.raw.LogicalResourceId;
  }

  get resourceType(): string {
    return this.raw.ResourceType ?? "";
  }

  get stackId(): string {
    return this.raw.StackId;
  }

  get stackName(): string {
    return stackNameOf(this.raw.StackId);
  }

  get requestId(): string {
    return this.raw.RequestId;
  }

  protected encoded(): CloudFormationCustomResourceEvent {
    return this.raw;
  }
}

/** The id that CloudFormation has; a Create has none yet. */
function givenIdOf(raw: CloudFormationCustomResourceEvent): string | undefined {
  return raw.RequestType === "Create" ? undefined : raw.PhysicalResourceId || undefined;
}

/** Whether it is the Delete that CloudFormation sends after a Create that was answered as having created nothing. */
export function isNeverCreated(raw: CloudFormationCustomResourceEvent): boolean {
  return raw.RequestType === "Delete" && raw.PhysicalResourceId === neverCreatedIdOf(raw);
}
