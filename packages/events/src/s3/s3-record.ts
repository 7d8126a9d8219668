import { PayloadError } from "@lamella/core";
import { type Decoder, PayloadItem } from "@lamella/core/extend";
import type { S3EventRecord } from "aws-lambda";
import { textOf } from "../internal/fields.ts";
import { dateIn, own, sizeIn, textIn } from "./s3-fields.ts";
import type { AnyS3Object, S3Object, S3Operation, S3Replication } from "./s3-object.ts";

/** The parts of a record that AWS's types do not know. */
interface LateParts extends S3EventRecord {
  readonly replicationEventData?: Readonly<Record<string, unknown>> | null | undefined;
  readonly lifecycleEventData?: { readonly transitionEventData?: { readonly destinationStorageClass?: unknown } } | undefined;
  readonly intelligentTieringEventData?: { readonly destinationAccessTier?: unknown } | undefined;
}

// By the type's part before the colon, or by the whole type where the part behind it decides.
const KINDS = /* @__PURE__ */ new Map<string, S3Object["kind"]>([
  ["ObjectCreated", "created"],
  ["ObjectRemoved", "removed"],
  ["LifecycleExpiration", "removed"],
  ["ObjectRestore:Post", "restoreStarted"],
  ["ObjectRestore:Completed", "restored"],
  ["ObjectRestore:Delete", "restoreExpired"],
  ["ReducedRedundancyLostObject", "lost"],
  ["Replication", "replication"],
  ["LifecycleTransition", "transitioned"],
  ["IntelligentTiering", "tiered"],
  ["ObjectTagging:Put", "tagged"],
  ["ObjectTagging:Delete", "untagged"],
  ["ObjectAnnotation:Put", "annotated"],
  ["ObjectAnnotation:Delete", "unannotated"],
  ["ObjectAcl", "aclUpdated"],
]);

const STATUSES: Readonly<Record<string, S3Replication["status"]>> = {
  OperationFailedReplication: "failed",
  OperationMissedThreshold: "missedThreshold",
  OperationReplicatedAfterThreshold: "replicatedAfterThreshold",
  OperationNotTracked: "notTracked",
};

export const OPERATIONS: ReadonlySet<string> = new Set<S3Operation>(["Put", "Post", "Copy", "CompleteMultipartUpload"]);

/** The keys of records are form-encoded: a space is `+`, and what is no ASCII is percent-encoded UTF-8. */
export const keyDecoder: Decoder<string, string> = {
  part: "key",
  decode: (encoded, part) => {
    try {
      return decodeURIComponent(encoded.replaceAll("+", " "));
    } catch (cause) {
      throw new PayloadError({ part, problem: "has a percent sign that encodes nothing, or bytes that are not UTF-8", cause });
    }
  },
};

function kindOf(eventName: string): S3Object["kind"] {
  const colon = eventName.indexOf(":");
  return KINDS.get(colon === -1 ? eventName : eventName.slice(0, colon)) ?? KINDS.get(eventName) ?? "other";
}

/** What happened to an object, as a record of an S3 event notification tells. */
export class S3Record extends PayloadItem<S3EventRecord, string, string> implements AnyS3Object<S3EventRecord> {
  #kind: S3Object["kind"] | undefined;

  constructor(raw: S3EventRecord, decoder: Decoder<string, string> = keyDecoder) {
    super(raw, decoder);
  }

  get eventName(): string {
    const name = textOf(this.raw.eventName);
    // Servers that speak as S3 does leave the prefix there.
    return name.startsWith("s3:") ? name.slice(3) : name;
  }

  get kind(): S3Object["kind"] {
    return (this.#kind ??= kindOf(this.eventName));
  }

  get key(): string {
    return this.payload();
  }

  get bucket(): string {
    return textOf(this.raw.s3?.bucket?.name);
  }

  get bucketArn(): string {
    return textOf(this.raw.s3?.bucket?.arn);
  }

  get versionId(): string | undefined {
    return textOf(this.#object?.versionId) || undefined;
  }

  get sequencer(): string | undefined {
    return textIn(this.#object?.sequencer, "sequencer", this.kind === "created" || this.kind === "removed");
  }

  get size(): number | undefined {
    return sizeIn(this.#object?.size, this.kind === "created");
  }

  get eTag(): string | undefined {
    return textIn(this.#object?.eTag, "eTag", this.kind === "created");
  }

  get occurredAt(): Date {
    return new Date(textOf(this.raw.eventTime));
  }

  get region(): string {
    return textOf(this.raw.awsRegion);
  }

  get principalId(): string {
    return textOf(this.raw.userIdentity?.principalId);
  }

  get sourceIp(): string | undefined {
    return textOf(this.raw.requestParameters?.sourceIPAddress) || undefined;
  }

  get requestId(): string {
    return textOf(this.raw.responseElements?.["x-amz-request-id"]);
  }

  get operation(): S3Operation | undefined {
    return this.kind === "created" && OPERATIONS.has(this.#what) ? (this.#what as S3Operation) : undefined;
  }

  get deleteMarker(): boolean | undefined {
    return this.kind === "removed" ? this.#what === "DeleteMarkerCreated" : undefined;
  }

  get expired(): boolean | undefined {
    return this.kind === "removed" ? this.eventName.startsWith("LifecycleExpiration") : undefined;
  }

  get storageClass(): string | undefined {
    const { glacierEventData, lifecycleEventData } = this.#late;
    return this.kind === "transitioned"
      ? textIn(lifecycleEventData?.transitionEventData?.destinationStorageClass, "destination storage class", true)
      : textIn(glacierEventData?.restoreEventData?.lifecycleRestoreStorageClass);
  }

  get accessTier(): string | undefined {
    return textIn(this.#late.intelligentTieringEventData?.destinationAccessTier, "destination access tier", this.kind === "tiered");
  }

  get expiresAt(): Date | undefined {
    return dateIn(this.raw.glacierEventData?.restoreEventData?.lifecycleRestorationExpiryTime);
  }

  get replication(): S3Replication | undefined {
    if (this.kind !== "replication") return undefined;
    const { replicationRuleId, destinationBucket, s3Operation, requestTime, failureReason } = this.#late.replicationEventData ?? {};
    return {
      // Types to come are failures until somebody says otherwise.
      status: own(STATUSES, this.#what) ?? "failed",
      ruleId: textIn(replicationRuleId),
      destinationBucketArn: textIn(destinationBucket),
      operation: textIn(s3Operation),
      requestedAt: dateIn(requestTime),
      failureReason: textIn(failureReason),
    };
  }

  protected encoded(): string {
    const key: unknown = this.#object?.key;
    if (typeof key !== "string") throw new PayloadError({ part: "key", problem: "is missing" });
    if (this.bucket === "") throw new PayloadError({ part: "bucket", problem: "is missing" });
    return key;
  }

  get #object(): S3EventRecord["s3"]["object"] | undefined {
    return this.raw.s3?.object;
  }

  /** The type's part behind the colon. */
  get #what(): string {
    return this.eventName.slice(this.eventName.indexOf(":") + 1);
  }

  get #late(): LateParts {
    return this.raw;
  }
}
