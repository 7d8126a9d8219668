import { mustBe } from "@lamella/core/extend";
import { canonical, hashOf } from "./data/fingerprint.ts";
import { type IdempotencyRecord, type IdempotencyStore, SKEW_MS } from "./store.ts";

/**
 * The key that Powertools makes of a value with its default hash. With the function's name as `scope` both find the same
 * record.
 *
 * @example
 * idempotency({ store, key: ({ body }) => powertoolsKey(body.id), hash: "md5" })
 */
export function powertoolsKey(value: unknown): string {
  return hashOf(canonical(value), "md5");
}

/** A persistence layer of Powertools for AWS Lambda, such as `DynamoDBPersistenceLayer` or `CachePersistenceLayer`. */
export interface PersistenceLayer {
  readonly isPayloadValidationEnabled: () => boolean;
}

/** What Powertools hands to a persistence layer, and gets from it. */
interface PowertoolsRecord {
  readonly idempotencyKey: string;
  readonly expiryTimestamp?: number | undefined;
  readonly inProgressExpiryTimestamp?: number | undefined;
  readonly responseData?: unknown;
  readonly payloadHash?: string | undefined;
  readonly status: string;
  readonly getStatus: () => string;
}

// Powertools' own classes extend it by these, and declare them protected.
interface Internals extends PersistenceLayer {
  _putRecord(record: PowertoolsRecord): Promise<void>;
  _getRecord(id: string): Promise<PowertoolsRecord>;
  _updateRecord(record: PowertoolsRecord): Promise<void>;
  _deleteRecord(record: PowertoolsRecord): Promise<void>;
}

/**
 * Makes a store of a persistence layer of Powertools, with the faults that it has: it completes and releases in two
 * calls, a look and a write, so that an attempt which loses its lease between the two overwrites the newer one; it cannot
 * renew a lease, so a crash heals when the invocation would have ended; and it keeps payloads' hashes only where the
 * layer itself is configured to validate.
 *
 * @throws {TypeError} At load, when it is no persistence layer.
 * @example
 * idempotency({ store: fromPowertools(new CachePersistenceLayer({ client })), key: ({ body }) => body.id })
 */
export function fromPowertools(persistenceLayer: PersistenceLayer): IdempotencyStore {
  const layer = persistenceLayer as Internals;
  const isLayer = METHODS.every((name) => typeof layer?.[name] === "function");
  mustBe(isLayer, "fromPowertools(persistenceLayer)", "a persistence layer of Powertools", persistenceLayer);
  // The end of a lease is the one thing that such a record has of its attempt, so its fraction tells whose it is.
  const leases = new Map<string, number>();

  const find = async (id: string): Promise<PowertoolsRecord | undefined> => {
    try {
      return await layer._getRecord(id);
    } catch (error) {
      if ((error as Error | undefined)?.name === "IdempotencyItemNotFoundError") return undefined;
      throw error;
    }
  };
  const tokenOf = (record: PowertoolsRecord, token: string): string | undefined => {
    const lease = leases.get(token);
    return lease !== undefined && record.inProgressExpiryTimestamp === lease ? token : `lease ${record.inProgressExpiryTimestamp}`;
  };
  const holds = async (id: string, token: string): Promise<PowertoolsRecord | undefined> => {
    const record = await find(id);
    return record !== undefined && tokenOf(record, token) === token ? record : undefined;
  };
  const toStanding = (record: PowertoolsRecord, token: string): IdempotencyRecord => {
    const { status, inProgressExpiryTimestamp: lease, expiryTimestamp = 0, responseData: data, payloadHash } = record;
    return {
      status: status === RUNNING ? "in-progress" : "completed",
      token: tokenOf(record, token),
      owner: undefined,
      leaseUntil: lease === undefined ? undefined : lease - SKEW_MS,
      expiresAt: expiryTimestamp * 1_000,
      data,
      validation: payloadHash === "" ? undefined : payloadHash,
    };
  };

  return {
    name: "powertools",
    renews: false,
    begin: async ({ id, token, leaseUntil, expiresAt, validation }) => {
      // Powertools lets go at the end of the lease, so what clocks may be apart is added here.
      const lease = leaseUntil + SKEW_MS + Math.floor(Math.random() * 1_000) / 1_024;
      leases.set(token, lease);
      try {
        await layer._putRecord(toRecord(RUNNING, id, expiresAt, { inProgressExpiryTimestamp: lease, payloadHash: validation }));
        return undefined;
      } catch (error) {
        const { name, existingRecord } = (error ?? {}) as { readonly name?: string; readonly existingRecord?: PowertoolsRecord };
        if (name !== "IdempotencyItemAlreadyExistsError") throw error;
        const standing = existingRecord ?? (await find(id));
        if (standing === undefined) throw error;
        const record = toStanding(standing, token);
        if (record.token !== token) leases.delete(token);
        return record;
      }
    },
    // There is none, and none is needed; the attempt only asks whether it still has what it has.
    renew: async ({ id, token }) => (await holds(id, token))?.status === RUNNING,
    complete: async ({ id, token, expiresAt, data, validation }) => {
      const record = await holds(id, token);
      if (record === undefined) return false;
      if (record.status === RUNNING)
        await layer._updateRecord(toRecord("COMPLETED", id, expiresAt, { responseData: data, payloadHash: validation }));
      leases.delete(token);
      return true;
    },
    release: async ({ id, token }) => {
      if ((await holds(id, token))?.status === RUNNING) await layer._deleteRecord(toRecord("EXPIRED", id, 0, {}));
      leases.delete(token);
    },
  };
}

const RUNNING = "INPROGRESS";
const METHODS = ["_putRecord", "_getRecord", "_updateRecord", "_deleteRecord", "isPayloadValidationEnabled"] as const;

function toRecord(status: string, idempotencyKey: string, expiresAt: number, more: Partial<PowertoolsRecord>): PowertoolsRecord {
  return { ...more, idempotencyKey, status, expiryTimestamp: Math.ceil(expiresAt / 1_000), getStatus: () => status };
}
