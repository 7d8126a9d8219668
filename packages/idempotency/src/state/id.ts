import type { Base } from "@lamella/core";
import { hashOf } from "../data/fingerprint.ts";
import { MissingKeyError } from "../errors/missing-key-error.ts";

/** One part of a key. Where it is missing, `null`, `undefined` or an empty text, the key is. */
export type KeyPart = string | number | bigint | null | undefined;

/** What tells one operation from all others: a text, a number, or several of them. */
export type Key = KeyPart | readonly KeyPart[];

/** How long an id may be, in bytes; DynamoDB's sort keys take 1,024. */
const MAX_BYTES = 1_000;

/** Makes the id of a record; `undefined` where the key, or a part of it, is missing. */
export function toId(key: Key, scope: string, { lambda }: Base): string | undefined {
  const parts = Array.isArray(key) ? (key as readonly KeyPart[]) : [key as KeyPart];
  if (parts.length === 0 || parts.some(isMissing)) return undefined;
  // As JSON, so that no part can reach into another one.
  const text = Array.isArray(key) ? JSON.stringify(parts.map(String)) : String(key);
  const { tenantId } = lambda;
  // Each is free of what separates them: AWS allows neither in a tenant's id, and the options check the scope.
  const id = `${scope}${tenantId === undefined ? "" : `/${tenantId.replaceAll("#", "%23")}`}#${text}`;
  return Buffer.byteLength(id) <= MAX_BYTES ? id : `${id.slice(0, id.indexOf("#"))}#sha256:${hashOf(text, "sha256")}`;
}

/** The id of one step of an item. */
export function toStepId(id: string, step: string): string {
  const at = id.indexOf("#");
  return `${id.slice(0, at)}~${step}${id.slice(at)}`;
}

function isMissing(part: unknown): boolean {
  if (part === undefined || part === null || part === "") return true;
  if (typeof part === "string" || typeof part === "bigint" || Number.isFinite(part)) return false;
  // `NaN` and objects say nothing of the item, and would make one of all.
  throw new MissingKeyError(
    `The idempotency key holds ${typeof part === "number" ? part : `a value of type ${typeof part}`}, no text and no number`,
  );
}
