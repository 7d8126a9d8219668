import type { Base } from "@lamella/core";
import { decode } from "./data/decode.ts";
import { encode } from "./data/encode.ts";
import { canonical } from "./data/fingerprint.ts";
import { MissingKeyError } from "./errors/missing-key-error.ts";
import type { IdempotencyOptions } from "./options.ts";
import { toId } from "./state/id.ts";
import type { Work } from "./state/work.ts";

type Identity = Pick<Work<never>, "id" | "ctx" | "payload">;

/**
 * What an item is known by, all of it taken before anything runs that could change the item; `undefined` where it has
 * no key, and needs none.
 *
 * @throws {MissingKeyError} When there is no key, and one is required.
 */
export function identify<Item, Ctx>(options: IdempotencyOptions<Item, Ctx>, item: Item, ctx: Base & Ctx): Identity | undefined {
  const {
    key,
    payload,
    required = true,
    scope = ctx.lambda.functionName || process.env["AWS_LAMBDA_FUNCTION_NAME"] || "function",
  } = options;
  const id = toId(key(item, ctx), scope, ctx);
  if (id === undefined && required) throw new MissingKeyError();
  return id === undefined ? undefined : { id, ctx, payload: payload === undefined ? undefined : canonical(payload(item, ctx)) };
}

type Hooks = Pick<IdempotencyOptions<never, never>, "replay" | "serialize" | "deserialize" | "keep">;

/** How what a store keeps is made, and read. */
export function storing({ replay, serialize, deserialize }: Hooks): {
  readonly write: (stored: unknown) => ReturnType<typeof encode>;
  readonly read: (record: Parameters<NonNullable<Hooks["replay"]>>[1]) => unknown;
} {
  return {
    // What `serialize` gives is encoded as well, so that it may give too much.
    write: (stored) => encode(serialize === undefined ? stored : serialize(stored)),
    read: (record) => {
      const data = decode(record.data);
      const stored = deserialize === undefined ? data : deserialize(data as never);
      return replay === undefined ? stored : replay(stored, record);
    },
  };
}
