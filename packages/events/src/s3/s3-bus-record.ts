import { PayloadError } from "@lamella/core";
import type { EventBridgeEvent } from "aws-lambda";
import { textOf } from "../internal/fields.ts";
import { dateIn, own, sizeIn, textIn } from "./s3-fields.ts";
import type { AnyS3Object, S3Object, S3Operation } from "./s3-object.ts";
import { OPERATIONS } from "./s3-record.ts";

/** What S3 puts into the detail; which of it depends on the detail type. */
interface Detail {
  readonly bucket?: { readonly name?: string | undefined } | undefined;
  readonly object?: {
    readonly key?: unknown;
    readonly size?: unknown;
    readonly etag?: unknown;
    readonly "version-id"?: unknown;
    readonly sequencer?: unknown;
  };
  readonly "request-id"?: unknown;
  readonly requester?: unknown;
  readonly "source-ip-address"?: unknown;
  readonly reason?: unknown;
  readonly "deletion-type"?: unknown;
  readonly "restore-expiry-time"?: unknown;
  readonly "source-storage-class"?: unknown;
  readonly "destination-storage-class"?: unknown;
  readonly "destination-access-tier"?: unknown;
}

const KINDS: Readonly<Record<string, S3Object["kind"]>> = {
  "Object Created": "created",
  "Object Deleted": "removed",
  "Object Restore Initiated": "restoreStarted",
  "Object Restore Completed": "restored",
  "Object Restore Expired": "restoreExpired",
  "Object Storage Class Changed": "transitioned",
  "Object Access Tier Changed": "tiered",
  "Object ACL Updated": "aclUpdated",
  "Object Tags Added": "tagged",
  "Object Tags Deleted": "untagged",
};

/** What happened to an object, as an event of S3 through EventBridge tells. The key is not encoded there. */
export class S3BusRecord<Raw extends EventBridgeEvent<string, unknown>> implements AnyS3Object<Raw> {
  readonly raw: Raw;
  readonly kind: S3Object["kind"];
  readonly #detail: Detail;

  constructor(raw: Raw) {
    this.raw = raw;
    this.kind = own(KINDS, raw["detail-type"]) ?? "other";
    this.#detail = typeof raw.detail === "object" && raw.detail !== null ? raw.detail : {};
  }

  /** @throws {PayloadError} When it names no object. */
  check(): this {
    if (typeof this.#detail.object?.key !== "string") throw new PayloadError({ part: "key", problem: "is missing" });
    if (this.bucket === "") throw new PayloadError({ part: "bucket", problem: "is missing" });
    return this;
  }

  get key(): string {
    return textOf(this.#detail.object?.key);
  }

  get bucket(): string {
    return textOf(this.#detail.bucket?.name);
  }

  get bucketArn(): string {
    return textOf(this.raw.resources?.[0]);
  }

  get versionId(): string | undefined {
    return textIn(this.#detail.object?.["version-id"]);
  }

  get sequencer(): string | undefined {
    return textIn(this.#detail.object?.sequencer, "sequencer", this.kind === "created" || this.kind === "removed");
  }

  get size(): number | undefined {
    return sizeIn(this.#detail.object?.size, this.kind === "created");
  }

  get eTag(): string | undefined {
    return textIn(this.#detail.object?.etag, "eTag", this.kind === "created");
  }

  get eventName(): string {
    return this.raw["detail-type"];
  }

  get occurredAt(): Date {
    return new Date(textOf(this.raw.time));
  }

  get region(): string {
    return textOf(this.raw.region);
  }

  get principalId(): string {
    return textOf(this.#detail.requester);
  }

  get sourceIp(): string | undefined {
    return textIn(this.#detail["source-ip-address"]);
  }

  get requestId(): string {
    return textOf(this.#detail["request-id"]);
  }

  get operation(): S3Operation | undefined {
    // `PutObject`, `POST Object`, `CopyObject`, `CompleteMultipartUpload`.
    const { reason } = this.#detail;
    const operation = typeof reason === "string" ? reason.replace(/ ?Object$/, "").replace("POST", "Post") : "";
    return OPERATIONS.has(operation) ? (operation as S3Operation) : undefined;
  }

  get deleteMarker(): boolean | undefined {
    return this.kind === "removed" ? this.#detail["deletion-type"] === "Delete Marker Created" : undefined;
  }

  get expired(): boolean | undefined {
    return this.kind === "removed" ? this.#detail.reason === "Lifecycle Expiration" : undefined;
  }

  get storageClass(): string | undefined {
    return this.kind === "transitioned"
      ? textIn(this.#detail["destination-storage-class"], "destination storage class", true)
      : textIn(this.#detail["source-storage-class"]);
  }

  get accessTier(): string | undefined {
    return textIn(this.#detail["destination-access-tier"], "destination access tier", this.kind === "tiered");
  }

  get expiresAt(): Date | undefined {
    return dateIn(this.#detail["restore-expiry-time"]);
  }

  /** S3 tells EventBridge nothing of replications. */
  get replication(): undefined {
    return undefined;
  }
}
