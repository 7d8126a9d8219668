import type { AnyLayer } from "../layer.ts";
import { mustBe } from "../must-be.ts";
import { Cell } from "./cell.ts";
import { gate } from "./gate.ts";

/** How long one `init` took. */
export interface InitTime {
  /** The name of the layer. */
  readonly name: string;
  readonly durationMs: number;
}

/** The life of a layer. Only `lifecycle` and what is built on it make one. */
export interface Lifecycle {
  /** Starts what is not there yet; `undefined` once it is. After a failure it tries again. */
  readonly start: () => Promise<unknown> | undefined;
  /** Makes anew in the background what has grown too old; `undefined` where nothing ever does. */
  readonly look: (() => void) | undefined;
  /** Whether something is to be shut down, by itself or by what it needs. */
  readonly hasShutdown: boolean;
  /** How long its `init` took, and those of what it needs. */
  readonly times: () => readonly InitTime[];
  /** Joins the lives of all layers: gives the invocation hooks that the next invocation is to have. */
  // On the layer and not in `wrap`, so that a function without any such layer has none of it in its bundle.
  readonly gate: (layers: readonly AnyLayer[], hooks: readonly AnyLayer[]) => () => readonly AnyLayer[];
}

/** What a layer does before its first item, and after its last. */
export interface LifecycleOptions {
  /**
   * Starts when the module is loaded in Lambda, at `ready`, or else at the first invocation; every invocation waits for
   * it. When it fails the next invocation tries again.
   */
  readonly init?: (() => unknown) | undefined;
  /** Runs on SIGTERM, which Lambda sends only with `ready` or `readySync`. */
  readonly shutdown?: (() => unknown) | undefined;
  /** The most that `shutdown` may take, in milliseconds; all of them together have 300. @default a fair share of what is left */
  readonly timeoutMs?: number | undefined;
}

/**
 * Gives a layer a life, for its `lifecycle` hook.
 *
 * @throws {TypeError} At load, when `name` is empty, or `init` or `shutdown` is no function.
 * @throws {RangeError} At load, when `timeoutMs` is out of its range.
 * @example
 * const warm = layer("warm", around, { lifecycle: lifecycle("warm", { init: () => cache.load() }) });
 */
export function lifecycle(name: string, options: LifecycleOptions): Lifecycle {
  const { init, shutdown, timeoutMs } = options;
  checkLife(`lifecycle("${name}"`, name, { init, shutdown, timeoutMs });
  const cell = new Cell({
    name,
    needs: [],
    init: init ?? (() => {}),
    shutdown,
    timeoutMs,
    maxAgeMs: undefined,
    isSame: Object.is,
  });
  return {
    start: () => (cell.isMade ? undefined : cell.held()),
    look: undefined,
    hasShutdown: shutdown !== undefined,
    times: () => (init === undefined ? [] : timeOf(name, cell)),
    gate,
  };
}

/** How long the last making took; nothing before the first. */
export function timeOf(name: string, { tookMs }: { readonly tookMs: number | undefined }): readonly InitTime[] {
  return tookMs === undefined ? [] : [{ name, durationMs: tookMs }];
}

/**
 * @throws {TypeError} When the name is empty, or a function is none.
 * @throws {RangeError} When the time limit is out of its range.
 */
export function checkLife(
  where: string,
  name: string,
  { init, shutdown, timeoutMs }: { readonly [P in keyof LifecycleOptions]: unknown },
): void {
  mustBe(typeof name === "string" && name !== "", `${where}, …)`, "a name that is not empty", name);
  mustBe(init === undefined || typeof init === "function", `${where}, { init })`, "a function", init);
  mustBe(shutdown === undefined || typeof shutdown === "function", `${where}, { shutdown })`, "a function", shutdown);
  const isRight = timeoutMs === undefined || (typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= 300);
  mustBe(isRight, `${where}, { timeoutMs })`, "more than 0 and at most 300 milliseconds", timeoutMs, RangeError);
}
