import type { AnyLayer, Layer } from "../layer.ts";
import { mustBe } from "../must-be.ts";
import { Cell, type Needed } from "./cell.ts";
import { gate } from "./gate.ts";
import { checkLife, timeOf } from "./lifecycle.ts";

/** A layer that also names its member, so that another resource can need it before any item exists. */
export interface Resource<Name extends string, out Value> extends Layer<unknown, {}, { readonly [P in Name]: Value }> {
  readonly key: Name;
  /** What it is now, made where it is not there yet: for code outside of handlers. */
  readonly value: () => Promise<Value>;
  /**
   * Makes it anew, and what needs it when it has changed. What was before stays where that fails, and is shut down once
   * the invocations that now run have ended. Does nothing before the first making.
   */
  readonly refresh: () => Promise<void>;
  readonly "~life": Life;
}

export type AnyResource = Resource<string, unknown>;

/** The values of resources, by their names. */
export type ValuesOf<Needs extends readonly AnyResource[]> = {
  readonly [R in Needs[number] as R["key"]]: R extends Resource<string, infer Value> ? Value : never;
};

// `needs` takes the resources themselves and not their names: typed wherever they are defined, made once for all handlers
// of a module, in the right order, and `init` cannot ask for a member that only exists while an item is handled.
export interface ResourceOptions<Value, Needs extends readonly AnyResource[], Lazy extends boolean> {
  /** The resources that `init` gets; they are made before, and when one of them changes this one is made anew. @default none */
  readonly needs?: Needs | undefined;
  /** Made at the first use; the member is then a function, because making may take time. @default false */
  readonly lazy?: Lazy | undefined;
  /**
   * Makes the value. It starts when the module is loaded in Lambda, at `ready`, or else at the first invocation; every
   * invocation waits for it. When it fails the next invocation tries again.
   */
  readonly init: (needs: ValuesOf<Needs>) => Value | Promise<Value>;
  /** Ends the value: on SIGTERM, which Lambda sends only with `ready` or `readySync`, and after it was made anew. */
  readonly shutdown?: ((value: Value) => void | Promise<void>) | undefined;
  /** The most that `shutdown` may take, in milliseconds; all of them together have 300. @default a fair share of what is left */
  readonly timeoutMs?: number | undefined;
  /**
   * How old the value may grow, in milliseconds. An invocation that finds it older has it made anew in the background;
   * when that fails it stays, and the next try is 5 seconds later. @default as old as the environment
   */
  readonly maxAgeMs?: number | undefined;
  /** Whether a value that was made anew is the same: then what needs this one stays as it is. @default `Object.is` */
  readonly isSame?: ((before: Value, after: Value) => boolean) | undefined;
}

/** What a resource is to others: what they need, and what tests replace. */
export interface Life extends Needed {
  readonly hasShutdown: boolean;
  readonly times: () => readonly { readonly name: string; readonly durationMs: number }[];
  readonly look: (() => void) | undefined;
  /** The names of this one and of all that it needs. */
  readonly names: readonly string[];
  /** The same resource with `values` in the place of what it needs by these names; itself where it needs none of them. */
  readonly replaced: (values: Readonly<Record<string, unknown>>) => AnyResource;
}

/**
 * Adds `ctx.<name>`, a value that is made once in an execution environment and shut down when it ends: a connection, a
 * client, a configuration. Nothing is made when a module is merely imported.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when `timeoutMs` or `maxAgeMs` is out of its range.
 * @example
 * const db = resource("db", { needs: [config], init: ({ config }) => connect(config.url), shutdown: (db) => db.end() });
 * export const handler = await ready(wrap(sqs({ body: Order }), db, async ({ body }, { db }) => db.insert(body)));
 */
export function resource<const Name extends string, Value, const Needs extends readonly AnyResource[] = [], Lazy extends boolean = false>(
  name: Name,
  options: ResourceOptions<Value, Needs, Lazy>,
): Resource<Name, Lazy extends true ? () => Promise<Value> : Value> {
  check(name, options as ErasedOptions);
  // Types are erased here, once: `needs` gives `init` what its type says.
  return make(
    name,
    options as ErasedOptions,
    (options.needs ?? []).map((need) => need["~life"]),
  ) as never;
}

type ErasedOptions = ResourceOptions<unknown, readonly AnyResource[], boolean>;

function check(name: string, options: ErasedOptions): void {
  const where = `resource("${name}"`;
  const { needs = [], lazy = false, maxAgeMs, isSame } = options;
  mustBe(typeof options.init === "function", `${where}, { init })`, "a function", options.init);
  checkLife(where, name, options);
  const areResources = Array.isArray(needs) && needs.every((need) => typeof need === "object" && need !== null && "~life" in need);
  mustBe(areResources, `${where}, { needs })`, "a list of resources", needs);
  mustBe(typeof lazy === "boolean", `${where}, { lazy })`, "true or false", lazy);
  mustBe(isSame === undefined || typeof isSame === "function", `${where}, { isSame })`, "a function", isSame);
  const isAge = maxAgeMs === undefined || (typeof maxAgeMs === "number" && maxAgeMs > 0);
  mustBe(isAge, `${where}, { maxAgeMs })`, "more than 0 milliseconds", maxAgeMs, RangeError);
}

function make(name: string, options: ErasedOptions, needs: readonly (Life | Needed)[]): AnyResource {
  const { lazy = false, init, shutdown, timeoutMs, maxAgeMs, isSame = Object.is } = options;
  const cell = new Cell<unknown>({ name, needs, init, shutdown, timeoutMs, maxAgeMs, isSame });
  const lives = needs.filter((need) => "look" in need);
  const looks = lives.flatMap(({ look }) => look ?? []);
  // After a change of what it needs it may have stayed as it was, because making it anew failed.
  if (maxAgeMs !== undefined || needs.length > 0) looks.push(() => cell.look());
  // One for all items: the member of a lazy resource is always the same.
  const use = (): Promise<unknown> => cell.held();
  const held = lazy ? () => Promise.resolve(use) : use;

  const life: Life = {
    key: name,
    held,
    watch: (onChange) => cell.watch(onChange),
    hasShutdown: shutdown !== undefined || lives.some(({ hasShutdown }) => hasShutdown),
    times: () => [...lives.flatMap(({ times }) => times()), ...timeOf(name, cell)],
    look:
      looks.length === 0
        ? undefined
        : () => {
            for (const look of looks) look();
          },
    names: [name, ...lives.flatMap(({ names }) => names)],
    replaced: (values) => {
      if (!lives.some(({ names }) => names.some((needed) => Object.hasOwn(values, needed)))) return self;
      return make(
        name,
        options,
        lives.map((need) => substitute(need, values)),
      );
    },
  };
  const self: AnyResource = {
    name,
    key: name,
    value: held,
    refresh: () => cell.refresh(),
    hooks: {
      item: (_item, _ctx, next) => {
        if (lazy) return next({ [name]: use });
        // Not there where no `wrap` knows of this layer, because another layer runs it, or after a shutdown.
        return cell.isMade ? next({ [name]: cell.value }) : cell.held().then((value) => next({ [name]: value }));
      },
      lifecycle: {
        start: () => (lazy || cell.isMade ? undefined : cell.held()),
        look: life.look,
        hasShutdown: life.hasShutdown,
        times: life.times,
        gate,
      },
    },
    "~life": life,
  };
  return self;
}

function substitute(need: Life, values: Readonly<Record<string, unknown>>): Life | Needed {
  if (!Object.hasOwn(values, need.key)) return need.replaced(values)["~life"];
  return { key: need.key, held: async () => values[need.key], watch: () => () => {} };
}

/** The resource behind a layer; `undefined` for other layers. */
export function resourceOf(layer: AnyLayer): AnyResource | undefined {
  return "~life" in layer ? (layer as unknown as AnyResource) : undefined;
}
