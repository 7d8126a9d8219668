import { type Completion, type IdempotencyRecord, type IdempotencyStore, isFree, type Json } from "./store.ts";

/** A store in memory. */
export interface MemoryStore extends IdempotencyStore {
  /** What is kept now, by id: for tests. */
  readonly records: () => ReadonlyMap<string, IdempotencyRecord>;
  /** Forgets everything. */
  readonly clear: () => void;
}

/** How many records are looked through for expired ones at each new one. */
const SWEPT = 4;

/**
 * A store in the memory of the process: for tests, and for programs of a single process. Lambda functions run in many.
 *
 * @example
 * const t = testing(handler, { idempotency: idempotency({ store: memoryStore(), key: ({ body }) => body.id }) });
 */
export function memoryStore(): MemoryStore {
  // With the data as text, so that nobody can change what is kept.
  const records = new Map<string, Omit<IdempotencyRecord, "data"> & { readonly text: string | undefined }>();
  const held = (id: string, token: string) => {
    const record = records.get(id);
    return record?.token === token ? record : undefined;
  };
  const read = (id: string): IdempotencyRecord | undefined => {
    const record = records.get(id);
    if (record === undefined) return undefined;
    const { text, ...rest } = record;
    return { ...rest, data: text === undefined ? undefined : (JSON.parse(text) as Json) };
  };
  const sweep = (now: number): void => {
    let left = SWEPT;
    for (const [id, { status, expiresAt }] of records) {
      if (left-- === 0) return;
      if (status === "completed" && expiresAt <= now) records.delete(id);
    }
  };
  return {
    name: "memory",
    begin: async (claim) => {
      const { id, token, owner, leaseUntil, expiresAt, validation, now } = claim;
      const standing = read(id);
      if (!isFree(standing, claim)) return standing;
      sweep(now);
      records.set(id, { status: "in-progress", token, owner, leaseUntil, expiresAt, text: undefined, validation });
      return undefined;
    },
    renew: async ({ id, token, owner, leaseUntil, expiresAt }) => {
      const record = held(id, token);
      if (record?.status !== "in-progress") return false;
      if ((record.leaseUntil ?? 0) <= leaseUntil) records.set(id, { ...record, owner, leaseUntil, expiresAt });
      return true;
    },
    complete: async ({ id, token, expiresAt, data, validation }: Completion) => {
      const record = held(id, token);
      if (record === undefined) return false;
      const text = data === undefined ? undefined : JSON.stringify(data);
      // Once: a second call of the same token comes of a lost answer.
      if (record.status === "in-progress")
        records.set(id, { status: "completed", token, owner: undefined, leaseUntil: undefined, expiresAt, text, validation });
      return true;
    },
    release: async ({ id, token }) => {
      if (held(id, token)?.status === "in-progress") records.delete(id);
    },
    records: () => new Map([...records.keys()].map((id) => [id, read(id) as IdempotencyRecord])),
    clear: () => records.clear(),
  };
}
