import type { S3EventRecord } from "aws-lambda";

/** What every S3 object event tells. */
interface S3ObjectBase<out Raw> {
  readonly bucket: string;
  readonly bucketArn: string;
  /** The object's key, decoded. */
  readonly key: string;
  /** The object's version; `undefined` in buckets without versions. */
  readonly versionId: string | undefined;
  /** Where the event stands among those of the same key, for `compareSequencers`; of creations and removals only. */
  readonly sequencer: string | undefined;
  /** The event's type without `s3:`, such as `ObjectCreated:Put`; through EventBridge the detail type. */
  readonly eventName: string;
  readonly occurredAt: Date;
  readonly region: string;
  /** Who caused it: the id of an IAM principal or a service; through EventBridge an account's number or a service. */
  readonly principalId: string;
  /** Where the request came from: an address, also of IPv6, or a service; `undefined` where no request did it. */
  readonly sourceIp: string | undefined;
  /** S3's id of the request, which several objects may share. */
  readonly requestId: string;
  /** In bytes. */
  readonly size: number | undefined;
  readonly eTag: string | undefined;
  /** The record as S3 sent it. */
  readonly raw: Raw;
  /** Of creations: the API that made the object. */
  readonly operation: S3Operation | undefined;
  /** Of removals: what remains is a delete marker; the versions are still there. */
  readonly deleteMarker: boolean | undefined;
  /** Of removals: a lifecycle rule did it. */
  readonly expired: boolean | undefined;
  /** Of transitions, the new class; of restorations, the class that the object is restored from. */
  readonly storageClass: string | undefined;
  /** Of S3 Intelligent-Tiering: the new tier, such as `ARCHIVE_ACCESS`. */
  readonly accessTier: string | undefined;
  /** Of restorations: when the temporary copy goes. */
  readonly expiresAt: Date | undefined;
  readonly replication: S3Replication | undefined;
}

export type S3Operation = "Put" | "Post" | "Copy" | "CompleteMultipartUpload";

/** What became of the replication of an object. */
export interface S3Replication {
  readonly status: "failed" | "missedThreshold" | "replicatedAfterThreshold" | "notTracked";
  readonly ruleId: string | undefined;
  readonly destinationBucketArn: string | undefined;
  /** What was to be replicated, such as `OBJECT_PUT`. */
  readonly operation: string | undefined;
  readonly requestedAt: Date | undefined;
  /** Of failures: why, such as `AssumeRoleNotPermitted`. */
  readonly failureReason: string | undefined;
}

/** An object was created, or overwritten. */
export interface S3Created<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "created";
  readonly operation: S3Operation | undefined;
  readonly size: number;
  readonly eTag: string;
  readonly sequencer: string;
}

/** An object or a version was deleted, by a request or by a lifecycle rule. */
export interface S3Removed<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "removed";
  readonly deleteMarker: boolean;
  readonly expired: boolean;
  readonly sequencer: string;
}

/** An archived object is being restored, was restored, or its restored copy has expired. */
export interface S3Restored<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "restoreStarted" | "restored" | "restoreExpired";
}

/** A replication is late or failed. */
export interface S3Replicated<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "replication";
  readonly replication: S3Replication;
}

/** A lifecycle rule moved an object to another storage class. */
export interface S3Transitioned<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "transitioned";
  readonly storageClass: string;
}

/** S3 Intelligent-Tiering archived an object. */
export interface S3Tiered<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "tiered";
  readonly accessTier: string;
}

/** What belongs to an object has changed, or the object of a storage class with reduced redundancy is lost. */
export interface S3Changed<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "aclUpdated" | "tagged" | "untagged" | "annotated" | "unannotated" | "lost";
}

/** An event of a type that did not exist when this was written. */
export interface S3OtherEvent<out Raw = S3EventRecord> extends S3ObjectBase<Raw> {
  readonly kind: "other";
}

/**
 * What happened to an S3 object, told apart by `kind`. A member that events of a kind do not have is there as `undefined`.
 *
 * AWS: "Event message structure", "EventBridge event message structure", "Event notification types and destinations".
 */
export type S3Object<Raw = S3EventRecord> =
  | S3Created<Raw>
  | S3Removed<Raw>
  | S3Restored<Raw>
  | S3Replicated<Raw>
  | S3Transitioned<Raw>
  | S3Tiered<Raw>
  | S3Changed<Raw>
  | S3OtherEvent<Raw>;

/** The members of all kinds in one, for the classes behind them. */
export type AnyS3Object<Raw> = { readonly [Name in keyof S3ObjectBase<Raw>]: S3ObjectBase<Raw>[Name] } & {
  readonly kind: S3Object["kind"];
};
