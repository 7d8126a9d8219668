import { canonical, hashOf } from "./data/fingerprint.ts";

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
