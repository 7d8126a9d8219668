/** What a test says of one change; the rest is made up, and the same in every run. */
export interface DocumentdbChangeInput {
  /** @default "insert" */
  readonly operationType?: string | undefined;
  /** The document, as extended JSON. */
  readonly fullDocument?: object | undefined;
  /** As extended JSON. @default the document's `_id` */
  readonly documentKey?: object | undefined;
  readonly updateDescription?: { readonly updatedFields?: object; readonly removedFields?: readonly string[] } | undefined;
  /** Where a `rename` moved the collection. */
  readonly to?: { readonly db: string; readonly coll: string } | undefined;
  readonly id?: string | undefined;
  /** To the second. */
  readonly clusterTime?: Date | undefined;
  /** @default "shop" */
  readonly db?: string | undefined;
  /** @default "orders" */
  readonly collection?: string | undefined;
}

/** An event as Lambda makes it of a batch of changes. */
export interface DocumentdbEventOutput {
  eventSource: "aws:docdb";
  eventSourceArn: string;
  events: DocumentdbRecordOutput[];
}

export interface DocumentdbRecordOutput {
  event: {
    _id: { _data: string };
    clusterTime: { $timestamp: { t: number; i: number } };
    ns: { db: string; coll: string };
    operationType: string;
    documentKey?: object;
    fullDocument?: object;
    updateDescription?: object;
    to?: { db: string; coll: string };
  };
}

/**
 * The event of a batch of changes: what `documentdb()` opens.
 *
 * AWS: "Process Amazon DocumentDB events with Lambda".
 *
 * @example
 * documentdbEvent([{ fullDocument: { _id: { $oid: "63eeb6e7d418cd98afb1c1d7" }, sku: "pen" } }]);
 */
export function documentdbEvent(changes: readonly DocumentdbChangeInput[]): DocumentdbEventOutput {
  return {
    eventSource: "aws:docdb",
    eventSourceArn: "arn:aws:rds:eu-west-1:123456789012:cluster:shop",
    events: changes.map(toRecord),
  };
}

function toRecord(change: DocumentdbChangeInput, index: number): DocumentdbRecordOutput {
  const { operationType = "insert", fullDocument, updateDescription, to, db = "shop", collection = "orders" } = change;
  const { clusterTime = new Date("2026-01-31T12:00:00.000Z") } = change;
  const ofDocument = fullDocument !== undefined && "_id" in fullDocument ? { _id: fullDocument._id } : undefined;
  const documentKey = change.documentKey ?? ofDocument;
  return {
    event: {
      _id: { _data: change.id ?? `0163eeb6e7${String(index).padStart(24, "0")}` },
      clusterTime: { $timestamp: { t: clusterTime.getTime() / 1_000, i: index + 1 } },
      ns: { db, coll: collection },
      operationType,
      ...(documentKey !== undefined && { documentKey }),
      ...(fullDocument !== undefined && { fullDocument }),
      ...(updateDescription !== undefined && { updateDescription }),
      ...(to !== undefined && { to: { ...to } }),
    },
  };
}
