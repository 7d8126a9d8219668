import { type BatchOptions, type BatchSource, type Ignored, type Kind, PayloadError, type Schema } from "@lamella/core";
import {
  allOrNothing,
  batchSource,
  byKey,
  checkSchema,
  type Decoder,
  mustBe,
  PayloadItem,
  refusePollution,
  validate,
} from "@lamella/core/extend";
import { fromExtendedJson } from "./documentdb/extended-json.ts";
import type { Numbers } from "./dynamodb/attributes.ts";
import { textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";

export type { Numbers } from "./dynamodb/attributes.ts";

/** A change as Lambda sends it, in MongoDB's extended JSON. */
export interface DocumentdbRecord {
  readonly event: {
    readonly _id?: { readonly _data?: string } | undefined;
    readonly operationType: string;
    readonly clusterTime?: unknown;
    readonly ns?: { readonly db?: string; readonly coll?: string } | undefined;
    readonly to?: { readonly db?: string; readonly coll?: string } | undefined;
    readonly documentKey?: unknown;
    readonly fullDocument?: unknown;
    readonly updateDescription?: unknown;
  };
}

/** The event of a batch of changes. */
export interface DocumentdbEvent {
  readonly eventSource: "aws:docdb";
  readonly eventSourceArn: string;
  readonly events: readonly DocumentdbRecord[];
}

/** What every change has. */
export interface AnyChange {
  /** The change's resume token: the same at every delivery. */
  readonly id: string;
  /** When the cluster made the change, to the second. */
  readonly clusterTime: Date | undefined;
  readonly db: string;
  /** Empty for what happens to a whole database. */
  readonly collection: string;
  readonly clusterArn: string;
  /** The change as Lambda sent it. */
  readonly raw: DocumentdbRecord;
}

/** The key of a document: its `_id`, and the shard's keys if there are any. */
export interface DocumentKey {
  readonly _id: unknown;
  readonly [name: string]: unknown;
}

/** What an update did. */
export interface UpdateDescription {
  /** The new values, by path. */
  readonly updatedFields: Readonly<Record<string, unknown>>;
  readonly removedFields: readonly string[];
}

interface OfDocument extends AnyChange {
  readonly documentKey: DocumentKey;
  readonly to: undefined;
}

interface OfOthers extends AnyChange {
  readonly documentKey: undefined;
  readonly fullDocument: undefined;
  readonly updateDescription: undefined;
}

export interface DocumentWritten<out Doc> extends OfDocument {
  readonly operationType: "insert" | "replace";
  /** What the `document` option makes of the document. */
  readonly fullDocument: Doc;
  readonly updateDescription: undefined;
}

export interface DocumentUpdated<out Doc> extends OfDocument {
  readonly operationType: "update";
  /** The document as it is now, where the event source mapping has `FullDocument: UpdateLookup` and it still exists. */
  readonly fullDocument: Doc | undefined;
  readonly updateDescription: UpdateDescription;
}

export interface DocumentDeleted extends OfDocument {
  readonly operationType: "delete";
  readonly fullDocument: undefined;
  readonly updateDescription: undefined;
}

export interface CollectionRenamed extends OfOthers {
  readonly operationType: "rename";
  readonly to: { readonly db: string; readonly collection: string };
}

export interface StreamChanged extends OfOthers {
  /** `other` is an operation that came later than this program; `raw` names it. */
  readonly operationType: "drop" | "dropDatabase" | "invalidate" | "other";
  readonly to: undefined;
}

/**
 * A change of a DocumentDB change stream. What a kind of change lacks is there as `undefined`.
 *
 * AWS: "Process Amazon DocumentDB events with Lambda".
 */
export type DocumentChange<Doc> = DocumentWritten<Doc> | DocumentUpdated<Doc> | DocumentDeleted | CollectionRenamed | StreamChanged;

export interface DocumentdbKind<Doc> extends Kind {
  readonly event: DocumentdbEvent;
  readonly reply: void;
  readonly item: DocumentChange<Doc>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface DocumentdbOptions<Doc> extends BatchOptions<DocumentdbRecord> {
  /** What a full document must be, after its extended JSON was read. @default an object of anything */
  readonly document?: Schema<Doc> | undefined;
  /**
   * What becomes of a number whose digits a JavaScript number does not hold: `bigint`, with text for fractions; `string`,
   * always text; `number`, which loses digits.
   * @default "bigint"
   */
  readonly numbers?: Numbers | undefined;
}

/**
 * The source for change streams of Amazon DocumentDB. Changes run one at a time, in order. There is no partial reply: when
 * one fails, those behind it are not run, the invocation rejects, and the whole batch comes again.
 *
 * AWS: "Process Amazon DocumentDB events with Lambda".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(documentdb({ document: Order }), async (change) => {
 *   if (change.operationType === "insert") await index(change.fullDocument);
 * });
 */
export function documentdb<Doc = Readonly<Record<string, unknown>>>(
  options: DocumentdbOptions<Doc> = {},
): BatchSource<DocumentdbKind<Doc>> {
  const { document, numbers = "bigint" } = options;
  if (document !== undefined) checkSchema(document, "documentdb({ document })");
  const isKnown = numbers === "bigint" || numbers === "string" || numbers === "number";
  mustBe(isKnown, "documentdb({ numbers })", '"bigint", "string" or "number"', numbers);
  const decoder: Decoder<Contents<Doc>, Change> = { part: "change", decode: (change) => toContents(change, numbers, document) };
  return batchSource<DocumentdbKind<Doc>, DocumentdbRecord, never>({
    name: "documentdb",
    expects: `a DocumentDB event (eventSource is "aws:docdb")`,
    accepts: (event) => isObject(event) && event["eventSource"] === "aws:docdb" && Array.isArray(event["events"]),
    options,
    concurrency: 1,
    records: ({ events }) => events,
    // Which of the changes it is only its members tell.
    item: (raw, _lambda, event) => new ChangeItem(raw, decoder, event) as never,
    delivery: (raw, index) => ({ id: textOf(raw.event?._id?._data), index, source: "documentdb", attempt: undefined }),
    decode: (change: ChangeItem<Doc>) => change["~decode"](),
    order: () => byKey(() => ""),
    close: allOrNothing(),
  });
}

type Change = DocumentdbRecord["event"];

interface Contents<Doc> {
  readonly documentKey: DocumentKey | undefined;
  readonly fullDocument: Doc | undefined;
  readonly updateDescription: UpdateDescription | undefined;
}

function toContents<Doc>(change: Change, numbers: Numbers, schema: Schema<Doc> | undefined): Contents<Doc> | Promise<Contents<Doc>> {
  refusePollution(change, "change");
  const { operationType } = change;
  const plain = (name: "documentKey" | "fullDocument" | "updateDescription"): unknown =>
    change[name] === undefined || change[name] === null ? undefined : fromExtendedJson(change[name], numbers, name);
  const document = plain("fullDocument");
  if (document === undefined && (operationType === "insert" || operationType === "replace"))
    throw new PayloadError({ part: "fullDocument", problem: "is missing" });
  const rest = {
    documentKey: plain("documentKey") as DocumentKey | undefined,
    updateDescription: operationType === "update" ? toDescription(plain("updateDescription")) : undefined,
  };
  if (document === undefined) return { ...rest, fullDocument: undefined };
  if (schema === undefined) return { ...rest, fullDocument: document as Doc };
  const valid = validate(schema, document, "fullDocument");
  return valid instanceof Promise ? valid.then((fullDocument) => ({ ...rest, fullDocument })) : { ...rest, fullDocument: valid };
}

function toDescription(value: unknown): UpdateDescription {
  const { updatedFields, removedFields } = isObject(value) ? value : {};
  return {
    updatedFields: isObject(updatedFields) ? updatedFields : {},
    removedFields: Array.isArray(removedFields) ? (removedFields as string[]) : [],
  };
}

const OPERATIONS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "insert",
  "replace",
  "update",
  "delete",
  "rename",
  "drop",
  "dropDatabase",
  "invalidate",
]);

// What costs is done on first use. Malformed changes lack what AWS promises.
class ChangeItem<Doc> extends PayloadItem<DocumentdbRecord, Contents<Doc>, Change> implements AnyChange {
  readonly #event: DocumentdbEvent;

  constructor(raw: DocumentdbRecord, decoder: Decoder<Contents<Doc>, Change>, event: DocumentdbEvent) {
    super(raw, decoder);
    this.#event = event;
  }

  get id(): string {
    return textOf(this.raw.event?._id?._data);
  }

  get operationType(): string {
    const { operationType } = this.encoded();
    return OPERATIONS.has(operationType) ? operationType : "other";
  }

  get documentKey(): DocumentKey | undefined {
    return this.payload().documentKey;
  }

  get fullDocument(): Doc | undefined {
    return this.payload().fullDocument;
  }

  get updateDescription(): UpdateDescription | undefined {
    return this.payload().updateDescription;
  }

  get to(): { readonly db: string; readonly collection: string } | undefined {
    const { operationType, to } = this.encoded();
    return operationType === "rename" ? { db: textOf(to?.db), collection: textOf(to?.coll) } : undefined;
  }

  get clusterTime(): Date | undefined {
    const time = this.raw.event?.clusterTime;
    const timestamp = isObject(time) ? time["$timestamp"] : undefined;
    const seconds = isObject(timestamp) ? timestamp["t"] : undefined;
    return typeof seconds === "number" ? new Date(seconds * 1_000) : undefined;
  }

  get db(): string {
    return textOf(this.raw.event?.ns?.db);
  }

  get collection(): string {
    return textOf(this.raw.event?.ns?.coll);
  }

  get clusterArn(): string {
    return textOf(this.#event.eventSourceArn);
  }

  protected encoded(): Change {
    const { event } = this.raw;
    if (!isObject(event)) throw new PayloadError({ part: "change", problem: "is missing" });
    return event;
  }
}
