import { type AnyResource, resource } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";

/** What `secrets` and `parameters` both take. */
export interface KeptOptions<Name extends string> {
  /** The name of the layer and of the member that it adds. @default "secret", "parameter" */
  readonly name?: Name | undefined;
  /**
   * How old a value may grow, in milliseconds; more than 0. An invocation that finds it older has it fetched again in the
   * background, and goes on with what is there. `Infinity` keeps it as long as the environment. @default 300_000
   */
  readonly maxAgeMs?: number | undefined;
  /** The region to call. @default the environment variable `AWS_REGION` */
  readonly region?: string | undefined;
}

/** One value that is kept. */
export interface Keeper {
  /** Fetches it; when `isFresh` no cache on the way may answer. */
  readonly fetch: (isFresh: boolean) => Promise<unknown>;
  readonly decode: (raw: unknown) => unknown;
  readonly isSame: (before: unknown, after: unknown) => boolean;
  readonly maxAgeMs?: number | undefined;
}

/** What was fetched, and what was made of it. */
class Kept {
  readonly raw: unknown;
  readonly value: unknown;

  constructor(raw: unknown, value: unknown) {
    this.raw = raw;
    this.value = value;
  }
}

/**
 * A resource that holds several values, each with an age of its own: one that cannot be fetched again stays as it is, and
 * keeps none of the others from changing.
 */
export function keep(name: string, keepers: Readonly<Record<string, Keeper>>, maxAgeMs = 300_000): AnyResource {
  let forcing = 0;
  const members = Object.entries(keepers).map(([key, keeper]) => {
    let wasFetched = false;
    const member = resource(`${name}.${key}`, {
      maxAgeMs: keeper.maxAgeMs ?? maxAgeMs,
      isSame: (before: Kept, after: Kept) => keeper.isSame(before.raw, after.raw),
      init: async () => {
        const raw = await keeper.fetch(!wasFetched || forcing > 0);
        const kept = new Kept(raw, await keeper.decode(raw));
        wasFetched = true;
        return kept;
      },
    });
    return { key, member };
  });
  const group = resource(name, {
    needs: members.map(({ member }) => member),
    init: (needs: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        members.map(({ key, member }) => {
          const held = needs[member.key];
          // A test may have put a plain value in its place.
          return [key, held instanceof Kept ? held.value : held];
        }),
      ),
  });
  return {
    ...group,
    // Made of what it needs: alone it would only look at those again.
    refresh: async () => {
      forcing++;
      try {
        const settled = await Promise.allSettled(members.map(({ member }) => member.refresh()));
        for (const each of settled) if (each.status === "rejected") throw each.reason;
      } finally {
        forcing--;
      }
    },
  };
}

/**
 * @throws {TypeError} When an option is of the wrong kind, or there is nothing to keep.
 * @throws {RangeError} When `maxAgeMs` is out of its range.
 */
export function checkKept(where: string, specs: unknown, options: { readonly [P in keyof KeptOptions<string>]?: unknown }): void {
  const { name, maxAgeMs, region } = options;
  const isFull = typeof specs === "object" && specs !== null && Object.keys(specs).length > 0;
  mustBe(isFull, `${where}(…)`, "an object with a member for each value", specs);
  mustBe(name === undefined || (typeof name === "string" && name !== ""), `${where}(…, { name })`, "a name that is not empty", name);
  mustBe(region === undefined || (typeof region === "string" && region !== ""), `${where}(…, { region })`, "a region", region);
  checkAge(`${where}(…, { maxAgeMs })`, maxAgeMs);
}

/** @throws {RangeError} When it is no age. */
export function checkAge(where: string, maxAgeMs: unknown): void {
  const isRight = maxAgeMs === undefined || (typeof maxAgeMs === "number" && maxAgeMs > 0);
  mustBe(isRight, where, "more than 0 milliseconds", maxAgeMs, RangeError);
}
