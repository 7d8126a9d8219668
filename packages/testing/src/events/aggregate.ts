import { createHash } from "node:crypto";

/** A record of an aggregate. */
export interface UserRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
}

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);

/**
 * Several records as one, as the Kinesis Producer Library packs them.
 *
 * AWS: "KPL Aggregated Record Format".
 */
export function toAggregate(records: readonly UserRecord[]): Buffer {
  const partitionKeys = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const hashKeys = [...new Set(records.flatMap(({ explicitHashKey }) => explicitHashKey ?? []))];
  const message = Buffer.concat([
    ...partitionKeys.map((key) => bytesField(1, Buffer.from(key))),
    ...hashKeys.map((key) => bytesField(2, Buffer.from(key))),
    ...records.map(({ data, partitionKey, explicitHashKey }) =>
      bytesField(
        3,
        Buffer.concat([
          numberField(1, partitionKeys.indexOf(partitionKey)),
          explicitHashKey === undefined ? Buffer.of() : numberField(2, hashKeys.indexOf(explicitHashKey)),
          bytesField(3, data),
        ]),
      ),
    ),
  ]);
  return Buffer.concat([MAGIC, message, createHash("md5").update(message).digest()]);
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function numberField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}
