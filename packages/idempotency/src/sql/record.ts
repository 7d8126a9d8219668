import type { IdempotencyRecord, Json } from "../store.ts";

/** The record of what `read` gives. */
export function toRecord(row: object): IdempotencyRecord {
  const [status, token, owner, leaseUntil, expiresAt, validation, hasData, data] = JSON.parse(Object.values(row)[0] as string) as [
    IdempotencyRecord["status"],
    string,
    string | null,
    number | null,
    number,
    string | null,
    boolean,
    Json,
  ];
  return {
    status,
    token,
    owner: owner ?? undefined,
    leaseUntil: leaseUntil ?? undefined,
    expiresAt,
    data: hasData ? data : undefined,
    validation: validation ?? undefined,
  };
}
