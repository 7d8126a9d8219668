/** One of the records that a producer put into a single Kinesis record. */
export interface UserRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
}

const MAGIC = [0xf3, 0x89, 0x9a, 0xc2];
const DIGEST_BYTES = 16;
// What base64 makes of the magic number's four bytes, but for the last two bits.
const MAGIC_BASE64 = "84maw";

/** Whether base64 may be an aggregate of the Kinesis Producer Library; cheap, because every record is asked. */
export function mayBeAggregate(base64: string): boolean {
  return base64.startsWith(MAGIC_BASE64);
}

/**
 * The records in an aggregate of the Kinesis Producer Library: magic number, message, MD5 of the message. `undefined` for
 * what is none, also where the digest does not fit; `malformed` where it fits and the message is broken.
 *
 * AWS: "KPL Aggregated Record Format".
 */
export function takeApart(bytes: Uint8Array): readonly UserRecord[] | "malformed" | undefined {
  if (bytes.length < MAGIC.length + DIGEST_BYTES || !MAGIC.every((byte, index) => bytes[index] === byte)) return undefined;
  const message = bytes.subarray(MAGIC.length, -DIGEST_BYTES);
  // Loaded only where there are aggregates.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const digest = createHash("md5").update(message).digest();
  if (!digest.equals(bytes.subarray(-DIGEST_BYTES))) return undefined;
  return toUserRecords(message) ?? "malformed";
}

function toUserRecords(message: Uint8Array): UserRecord[] | undefined {
  const partitionKeys: string[] = [];
  const explicitHashKeys: string[] = [];
  const records: Uint8Array[] = [];
  const isRead = readFields(message, (field, value) => {
    if (typeof value === "number") return;
    if (field === 1) partitionKeys.push(toText(value));
    else if (field === 2) explicitHashKeys.push(toText(value));
    else if (field === 3) records.push(value);
  });
  if (!isRead) return undefined;
  const userRecords = records.map((record) => toUserRecord(record, partitionKeys, explicitHashKeys));
  return userRecords.every((record) => record !== undefined) ? userRecords : undefined;
}

function toUserRecord(record: Uint8Array, partitionKeys: readonly string[], explicitHashKeys: readonly string[]): UserRecord | undefined {
  let keyIndex = -1;
  let hashIndex: number | undefined;
  let data: Uint8Array | undefined;
  const isRead = readFields(record, (field, value) => {
    if (field === 1 && typeof value === "number") keyIndex = value;
    else if (field === 2 && typeof value === "number") hashIndex = value;
    else if (field === 3 && typeof value !== "number") data = value;
  });
  const partitionKey = partitionKeys[keyIndex];
  const explicitHashKey = hashIndex === undefined ? undefined : explicitHashKeys[hashIndex];
  if (!isRead || data === undefined || partitionKey === undefined) return undefined;
  if (hashIndex !== undefined && explicitHashKey === undefined) return undefined;
  return { data, partitionKey, explicitHashKey };
}

/** Reads the fields of a protocol buffers message; `false` where it is none. Fields of fixed length are passed over. */
function readFields(bytes: Uint8Array, onField: (field: number, value: number | Uint8Array) => void): boolean {
  let at = 0;
  // `NaN` where there is none: it runs over the end, or over 64 bits.
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64 && at < bytes.length; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    const value = wireType === 0 || wireType === 2 ? varint() : wireType === 1 ? 8 : wireType === 5 ? 4 : Number.NaN;
    if (!(field >= 1 && value >= 0)) return false;
    if (wireType === 0) {
      onField(field, value);
      continue;
    }
    const end = at + value;
    if (end > bytes.length) return false;
    if (wireType === 2) onField(field, bytes.subarray(at, end));
    at = end;
  }
  return true;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
