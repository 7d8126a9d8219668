import { PayloadError, type Schema } from "@lamella/core";
import { type Decoder, PayloadItem, validate } from "@lamella/core/extend";
import type { DynamoDBRecord } from "aws-lambda";
import { textOf } from "../internal/fields.ts";
import type { Attributes, Numbers } from "./attributes.ts";
import { unmarshal } from "./unmarshal.ts";

/** What a table's stream was told to write into its records. */
export type StreamView = "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";

export type WithNew = "NEW_IMAGE" | "NEW_AND_OLD_IMAGES";
export type WithOld = "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";

/** What every change of an item of a table has. */
export interface ChangeBase<out Raw = DynamoDBRecord> {
  /** The id of the change, the same at every delivery. */
  readonly id: string;
  /** The primary key of the item that changed. */
  readonly keys: Attributes;
  /** The place in the stream. */
  readonly sequenceNumber: string;
  /** When the change was made. */
  readonly createdAt: Date;
  /** Whether DynamoDB deleted the item because its time to live was over. */
  readonly expiredByTtl: boolean;
  readonly tableName: string;
  /** The record as AWS sent it. */
  readonly raw: Raw;
}

// The image that a variant lacks is there as `undefined`, so that destructuring in the parameter list narrows.
/** An item that is new in the table. */
export interface Inserted<out New, out Raw = DynamoDBRecord> extends ChangeBase<Raw> {
  readonly kind: "INSERT";
  readonly newImage: New;
  readonly oldImage: undefined;
}

/** An item that was changed, or written again. */
export interface Modified<out New, out Old, out Raw = DynamoDBRecord> extends ChangeBase<Raw> {
  readonly kind: "MODIFY";
  readonly newImage: New;
  readonly oldImage: Old;
}

/** An item that was deleted. */
export interface Removed<out Old, out Raw = DynamoDBRecord> extends ChangeBase<Raw> {
  readonly kind: "REMOVE";
  readonly newImage: undefined;
  readonly oldImage: Old;
}

export type AnyChange<New, Old, Raw = DynamoDBRecord> = Inserted<New, Raw> | Modified<New, Old, Raw> | Removed<Old, Raw>;

/** A change of an item of a table, with the images that the stream's view has. */
export type Change<Image, View extends StreamView, Raw = DynamoDBRecord> = AnyChange<
  View extends WithNew ? Image : undefined,
  View extends WithOld ? Image : undefined,
  Raw
>;

/** A change as DynamoDB writes it, into its own streams and into Kinesis; any member may be missing. */
export interface ChangeRecord extends Omit<DynamoDBRecord, "dynamodb"> {
  readonly tableName?: string | undefined;
  readonly dynamodb?:
    | (DynamoDBRecord["dynamodb"] & { readonly ApproximateCreationDateTimePrecision?: "MILLISECOND" | "MICROSECOND" | undefined })
    | undefined;
}

interface Images {
  readonly newImage: unknown;
  readonly oldImage: unknown;
}

export interface ChangeOptions {
  readonly image: Schema<unknown> | undefined;
  readonly view: StreamView;
  readonly numbers: Numbers;
  /** Throws where the record's own view is another. */
  readonly checkView?: ((actual: string | undefined) => void) | undefined;
}

/** How the images of a source's changes are decoded. */
export interface ChangeDecoder extends Decoder<Images, ChangeRecord> {
  readonly numbers: Numbers;
}

export function changeDecoder({ image, view, numbers, checkView }: ChangeOptions): ChangeDecoder {
  const hasNew = view === "NEW_IMAGE" || view === "NEW_AND_OLD_IMAGES";
  const hasOld = view === "OLD_IMAGE" || view === "NEW_AND_OLD_IMAGES";
  return {
    part: "images",
    numbers,
    decode: ({ eventName, dynamodb }) => {
      const kind: unknown = eventName;
      if (kind !== "INSERT" && kind !== "MODIFY" && kind !== "REMOVE")
        throw new PayloadError({ part: "record", problem: "has an eventName that is none of INSERT, MODIFY and REMOVE" });
      checkView?.(dynamodb?.StreamViewType);
      const next = hasNew && kind !== "REMOVE" ? present(dynamodb?.NewImage, NEW) : undefined;
      const old = hasOld && kind !== "INSERT" ? present(dynamodb?.OldImage, OLD) : undefined;
      return image === undefined ? new LateImages(next, old, numbers) : checkedImages(image, next, old, numbers);
    },
  };
}

const NEW = "new image";
const OLD = "old image";

function present(image: unknown, part: string): object {
  if (typeof image === "object" && image !== null) return image;
  throw new PayloadError({ part, problem: image === undefined ? "is missing" : "is no map of attributes" });
}

/** The images without a schema, each decoded when it is first read. */
class LateImages implements Images {
  readonly #next: object | undefined;
  readonly #old: object | undefined;
  readonly #numbers: Numbers;
  #newImage: Attributes | undefined;
  #oldImage: Attributes | undefined;

  constructor(next: object | undefined, old: object | undefined, numbers: Numbers) {
    this.#next = next;
    this.#old = old;
    this.#numbers = numbers;
  }

  get newImage(): unknown {
    return (this.#newImage ??= this.#next && unmarshal(this.#next, this.#numbers, NEW));
  }

  get oldImage(): unknown {
    return (this.#oldImage ??= this.#old && unmarshal(this.#old, this.#numbers, OLD));
  }
}

function checkedImages(
  schema: Schema<unknown>,
  next: object | undefined,
  old: object | undefined,
  numbers: Numbers,
): Images | Promise<Images> {
  const check = (image: object | undefined, part: string) => image && validate(schema, unmarshal(image, numbers, part), part);
  const newImage = check(next, NEW);
  if (!(newImage instanceof Promise)) {
    const oldImage = check(old, OLD);
    return oldImage instanceof Promise ? oldImage.then((known) => ({ newImage, oldImage: known })) : { newImage, oldImage };
  }
  // In a promise of its own, because nobody would wait for the first where the second throws.
  const both = Promise.all([newImage, (async () => check(old, OLD))()]);
  return both.then(([known, oldImage]) => ({ newImage: known, oldImage }));
}

/** The base of a change, whichever stream brought it. What costs is done on first use. */
export abstract class ChangeItem<Raw> extends PayloadItem<Raw, Images, ChangeRecord> {
  readonly #numbers: Numbers;
  #keys: Attributes | undefined;

  constructor(raw: Raw, decoder: ChangeDecoder) {
    super(raw, decoder);
    this.#numbers = decoder.numbers;
  }

  // Which variant it is, the types know and the class does not.
  get kind(): never {
    return this.encoded().eventName as never;
  }

  get newImage(): never {
    return this.payload().newImage as never;
  }

  get oldImage(): never {
    return this.payload().oldImage as never;
  }

  get keys(): Attributes {
    return (this.#keys ??= unmarshal(this.encoded().dynamodb?.Keys, this.#numbers, "keys"));
  }

  get id(): string {
    return textOf(this.encoded().eventID);
  }

  get expiredByTtl(): boolean {
    const { eventName, userIdentity } = this.encoded();
    return (
      eventName === "REMOVE" && (userIdentity as { principalId?: unknown } | null | undefined)?.principalId === "dynamodb.amazonaws.com"
    );
  }

  protected abstract override encoded(): ChangeRecord;
}
