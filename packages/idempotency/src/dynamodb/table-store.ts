import { type IdempotencyRecord, type IdempotencyStore, SKEW_MS } from "../store.ts";
import { fromAttribute, type Item, toAttribute } from "./attribute-value.ts";
import type { Table } from "./table-options.ts";

export type Action = "PutItem" | "UpdateItem" | "DeleteItem" | "GetItem";

/** What a call came to: the answer, or, where its condition failed, the item that stands there, if the service told. */
export type Answer = { readonly Item?: Item | undefined } | { readonly failed: true; readonly Item?: Item | undefined };

/** Calls DynamoDB. */
export type Send = (action: Action, input: object, withinMs: number) => Promise<Answer>;

const RUNNING = { ":running": { S: "INPROGRESS" } };
const OWN = "#token = :token AND #status = :running";
/** An item takes 400 KB, its names and the rest of the record included. */
const MAX_BYTES = 380_000;

/** A store over a table of DynamoDB, in Powertools' format. */
export function tableStore(name: string, table: Table, send: Send): IdempotencyStore {
  const { names, keyOf } = table;

  /** Sends a conditional write, and gives the record that it failed on, which is read where the answer did not bring it. */
  async function write(
    action: Action,
    id: string,
    withinMs: number,
    input: ConditionalWrite,
  ): Promise<"done" | IdempotencyRecord | undefined> {
    const { ConditionExpression, UpdateExpression = "", ExpressionAttributeValues } = input;
    const used = Object.entries(names).filter(([short]) => `${ConditionExpression} ${UpdateExpression}`.includes(short));
    const answer = await send(
      action,
      {
        TableName: table.table,
        ...(action !== "PutItem" && { Key: keyOf(id) }),
        ...input,
        ExpressionAttributeNames: Object.fromEntries(used),
        ExpressionAttributeValues,
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
      withinMs,
    );
    if (!("failed" in answer)) return "done";
    const item = answer.Item ?? (await send("GetItem", { TableName: table.table, Key: keyOf(id), ConsistentRead: true }, withinMs)).Item;
    return item && toRecord(item, names);
  }

  return {
    name,
    maxBytes: MAX_BYTES,
    begin: async ({ id, token, now, owner, leaseUntil, expiresAt, validation, replaces, withinMs }) => {
      const values: Record<string, object> = {
        ...RUNNING,
        ":now": { N: String(now / 1_000) },
        ":then": { N: String(now - SKEW_MS) },
        ":thenInSeconds": { N: String((now - SKEW_MS) / 1_000) },
        ...(replaces !== undefined && { ":replaces": { S: replaces } }),
      };
      const Item = {
        ...keyOf(id),
        [names["#expiry"]]: { N: String(Math.ceil(expiresAt / 1_000)) },
        [names["#lease"]]: { N: String(leaseUntil) },
        [names["#status"]]: { S: "INPROGRESS" },
        [names["#token"]]: { S: token },
        ...(owner !== undefined && { [names["#owner"]]: { S: owner } }),
        ...(validation !== undefined && { [names["#validation"]]: { S: validation } }),
      };
      // As `isFree` has it.
      const free = [
        "attribute_not_exists(#id)",
        "(#status <> :running AND #expiry <= :now)",
        "(#status = :running AND #lease < :then)",
        "(#status = :running AND attribute_not_exists(#lease) AND #expiry < :thenInSeconds)",
        ...(replaces === undefined ? [] : ["(#status = :running AND #token = :replaces)"]),
      ];
      for (;;) {
        const input = { Item, ConditionExpression: free.join(" OR "), ExpressionAttributeValues: values };
        const standing = await write("PutItem", id, withinMs, input);
        if (standing === "done") return undefined;
        if (standing !== undefined) return standing;
        // It was there, and was gone when it was read: free, most likely.
      }
    },
    renew: async ({ id, token, leaseUntil, expiresAt, owner, withinMs }) => {
      const standing = await write("UpdateItem", id, withinMs, {
        ConditionExpression: `${OWN} AND #lease <= :lease`,
        UpdateExpression: `SET #lease = :lease, #expiry = :expiry${owner === undefined ? " REMOVE #owner" : ", #owner = :owner"}`,
        ExpressionAttributeValues: {
          ...RUNNING,
          ":token": { S: token },
          ":lease": { N: String(leaseUntil) },
          ":expiry": { N: String(Math.ceil(expiresAt / 1_000)) },
          ...(owner !== undefined && { ":owner": { S: owner } }),
        },
      });
      // Held for longer already, as when an earlier answer was lost.
      return standing === "done" || (standing?.token === token && standing.status === "in-progress");
    },
    complete: async ({ id, token, expiresAt, data, validation, withinMs }) => {
      const set = ["#status = :completed", "#expiry = :expiry", ...(data === undefined ? [] : ["#data = :data"])];
      const standing = await write("UpdateItem", id, withinMs, {
        ConditionExpression: OWN,
        UpdateExpression: `SET ${[...set, ...(validation === undefined ? [] : ["#validation = :validation"])].join(", ")} REMOVE #lease, #owner`,
        ExpressionAttributeValues: {
          ...RUNNING,
          ":token": { S: token },
          ":completed": { S: "COMPLETED" },
          ":expiry": { N: String(Math.ceil(expiresAt / 1_000)) },
          ...(data !== undefined && { ":data": toAttribute(data) }),
          ...(validation !== undefined && { ":validation": { S: validation } }),
        },
      });
      // Done already, when an earlier answer was lost: the token is its own.
      return standing === "done" || (standing?.token === token && standing.status === "completed");
    },
    release: async ({ id, token, withinMs }) => {
      await write("DeleteItem", id, withinMs, {
        ConditionExpression: OWN,
        ExpressionAttributeValues: { ...RUNNING, ":token": { S: token } },
      });
    },
  };
}

interface ConditionalWrite {
  readonly Item?: Item;
  readonly ConditionExpression: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues: Readonly<Record<string, object>>;
}

function toRecord(item: Item, names: Table["names"]): IdempotencyRecord {
  const read = (name: keyof typeof names): unknown => fromAttribute(item[names[name]]);
  return {
    status: read("#status") === "INPROGRESS" ? "in-progress" : "completed",
    token: read("#token") as string | undefined,
    owner: read("#owner") as string | undefined,
    leaseUntil: read("#lease") as number | undefined,
    expiresAt: Number(read("#expiry") ?? 0) * 1_000,
    data: read("#data"),
    validation: read("#validation") as string | undefined,
  };
}
