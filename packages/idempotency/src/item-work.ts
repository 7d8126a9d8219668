import type { Base, Outcome } from "@lamella/core";
import { lateOutcome } from "@lamella/core/extend";
import { decode, wasAnswered } from "./data/decode.ts";
import { answered, encode } from "./data/encode.ts";
import { canonical } from "./data/fingerprint.ts";
import { fromStored, isAnswer, statusOf, toStored } from "./data/outcome.ts";
import { MissingKeyError } from "./errors/missing-key-error.ts";
import type { IdempotencyOptions } from "./options.ts";
import { toId } from "./state/id.ts";
import type { Work } from "./state/work.ts";

export type Identity = Pick<Work<never>, "id" | "ctx" | "payload">;

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

/** The work of an item as a whole: `run` is the rest of the chain. */
export function itemWork<Item, Ctx>(
  options: IdempotencyOptions<Item, Ctx>,
  item: Item,
  identity: Identity,
  run: () => Promise<Outcome<never>>,
): Work<Outcome<never>> {
  const { keep } = options;
  const { write, read } = storing(options);
  return {
    ...identity,
    run,
    late: () => lateOutcome(identity.ctx),
    keeps: async (outcome) => (keep === undefined ? (statusOf(outcome) ?? 200) < 500 : keep(await toStored(outcome, item))),
    store: async (outcome) => {
      const data = write(await toStored(outcome, item));
      return isAnswer(outcome) ? answered(data) : data;
    },
    replay: async (record) => fromStored(await read(record), item, wasAnswered(record.data)),
  };
}

/** What outcomes are kept, written and read by. */
export type StepHooks = Pick<IdempotencyOptions<never, never>, "replay" | "serialize" | "deserialize" | "keep">;

/** How what a store keeps is made, and read. */
export function storing({ replay, serialize, deserialize }: StepHooks): {
  readonly write: (stored: unknown) => ReturnType<typeof encode>;
  readonly read: (record: Parameters<NonNullable<StepHooks["replay"]>>[1]) => unknown;
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
