import type { Base } from "@lamella/core";
import { MissingKeyError } from "./errors/missing-key-error.ts";
import type { Key, KeyPart } from "./state/id.ts";

/** What of a request the key is made of. */
export interface KeyedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly get: (name: string) => string | null };
}

export interface IdempotencyKeyOptions<Item, Ctx> {
  /** Whose keys they are, such as the user's id: without it, who guesses another's key gets the other's response. @default everybody's */
  readonly per?: ((request: Item, ctx: Base & Ctx) => KeyPart) | undefined;
  /** The header's name. @default "idempotency-key" */
  readonly header?: string | undefined;
}

const MAX_LENGTH = 255;

/**
 * Takes the key of a request from its `Idempotency-Key` header. The key holds for the method and path, so that one which
 * is used for another operation by mistake does not get the first one's response.
 *
 * IETF draft: "The Idempotency-Key HTTP Header Field".
 *
 * @example
 * idempotency({ store, key: idempotencyKey({ per: (_request, { user }: { user: User }) => user.id }), payload: ({ body }) => body })
 */
export function idempotencyKey<Item extends KeyedRequest = KeyedRequest, Ctx = {}>({
  per,
  header = "idempotency-key",
}: IdempotencyKeyOptions<Item, Ctx> = {}): (request: Item, ctx: Base & Ctx) => Key {
  return (request, ctx) => {
    const key = toKey(request.headers.get(header), header);
    if (key === undefined) return undefined;
    return per === undefined ? [request.method, request.path, key] : [request.method, request.path, per(request, ctx), key];
  };
}

/** The text in the header: a quoted string, as the draft has it, or as it stands, as most clients send it. */
function toKey(value: string | null, header: string): string | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text)?.[1]?.replaceAll(/\\(.)/g, "$1");
  const key = quoted ?? text;
  const isRight = key.length > 0 && key.length <= MAX_LENGTH && (quoted !== undefined || /^[\x21\x23-\x7e]+$/.test(text));
  if (!isRight) throw new MissingKeyError(`The ${header} header is no text of 1 to ${MAX_LENGTH} characters, in quotes`);
  return key;
}
