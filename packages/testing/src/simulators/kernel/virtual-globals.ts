import { createRequire, syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";
import { VirtualTimer } from "./virtual-timer.ts";
import type { World } from "./world.ts";

type Callback = (...parameters: unknown[]) => void;
type Patch = readonly [target: object, name: PropertyKey, value: unknown];

const require = createRequire(import.meta.url);

/**
 * Replaces the clocks and timers of this process by those of virtual time, for code that runs in an environment of
 * `world`; for all other code, such as the test runner's, they stay what they are.
 *
 * @returns What puts everything back.
 */
export function virtualGlobals(world: World): () => void {
  const timers = require("node:timers") as object;
  const promises = require("node:timers/promises") as object & { readonly scheduler: object };
  const ours = timerFunctions(world);
  const awaited = awaitedTimers(world, promises as never);
  const { setTimeout, setInterval, setImmediate } = awaited;
  Object.defineProperty(ours.setTimeout, promisify.custom, { value: setTimeout });
  Object.defineProperty(ours.setImmediate, promisify.custom, { value: setImmediate });
  const all: readonly Patch[] = [
    ...[globalThis, timers].flatMap((target) => Object.entries(ours).map(([name, value]): Patch => [target, name, value])),
    ...Object.entries({ setTimeout, setInterval, setImmediate }).map(([name, value]): Patch => [promises, name, value]),
    [promises.scheduler, "wait", awaited.wait],
    [globalThis, "Date", virtualDate(world)],
    [performance, "now", virtualNow(world)],
    [process, "hrtime", virtualHrtime(world)],
    [AbortSignal, "timeout", virtualAbortTimeout(world)],
  ];
  const undo = all.map(([target, name, value]) => {
    const before = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: before?.enumerable ?? false });
    return () => (before === undefined ? Reflect.deleteProperty(target, name) : Object.defineProperty(target, name, before));
  });
  // `import { setTimeout } from "node:timers/promises"` is bound anew.
  syncBuiltinESMExports();
  return () => {
    for (const back of undo) back();
    syncBuiltinESMExports();
  };
}

function timerFunctions(world: World) {
  const { setTimeout: timeout, setInterval: interval, setImmediate: immediate, clearTimeout: clear, clearImmediate } = globalThis;
  const stop = (timer: unknown) => {
    if (timer instanceof VirtualTimer) timer.close();
    else clear(timer as NodeJS.Timeout);
  };
  return {
    setTimeout: (act: Callback, ms?: number, ...rest: unknown[]) =>
      world.current === undefined ? timeout(act, ms, ...rest) : new VirtualTimer(world, bound(act, rest), toDelay(ms)),
    setInterval: (act: Callback, ms?: number, ...rest: unknown[]) =>
      world.current === undefined ? interval(act, ms, ...rest) : new VirtualTimer(world, bound(act, rest), toDelay(ms), true),
    setImmediate: (act: Callback, ...rest: unknown[]) =>
      world.current === undefined ? immediate(act, ...rest) : new VirtualTimer(world, bound(act, rest), 0),
    clearTimeout: stop,
    clearInterval: stop,
    clearImmediate: (timer: unknown) => (timer instanceof VirtualTimer ? timer.close() : clearImmediate(timer as NodeJS.Immediate)),
  };
}

function bound(act: Callback, rest: readonly unknown[]): () => void {
  if (typeof act !== "function") throw new TypeError('The "callback" argument must be of type function.');
  return rest.length === 0 ? act : () => act(...rest);
}

/** As Node.js reads it: anything that is no delay is 1 millisecond. */
function toDelay(ms: number | undefined): number {
  const delay = Number(ms);
  return delay >= 1 && delay <= 2_147_483_647 ? Math.trunc(delay) : 1;
}

interface TimerOptions {
  readonly signal?: AbortSignal | undefined;
}
interface Awaited {
  readonly setTimeout: (ms?: number, value?: unknown, options?: TimerOptions) => Promise<unknown>;
  readonly setImmediate: (value?: unknown, options?: TimerOptions) => Promise<unknown>;
  readonly setInterval: (ms?: number, value?: unknown, options?: TimerOptions) => AsyncIterable<unknown>;
}

function awaitedTimers(world: World, real: Awaited) {
  const { setTimeout: timeout, setImmediate: immediate, setInterval: interval } = real;
  const after = (ms: number, value: unknown, signal: AbortSignal | undefined) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const onAbort = () => {
        timer.close();
        reject(abortError(signal as AbortSignal));
      };
      const timer = new VirtualTimer(
        world,
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve(value);
        },
        ms,
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  const setTimeout: Awaited["setTimeout"] = (ms, value, options) =>
    world.current === undefined ? timeout(ms, value, options) : after(toDelay(ms), value, options?.signal);
  return {
    setTimeout,
    wait: (ms: number, options?: TimerOptions) => setTimeout(ms, undefined, options),
    setImmediate: ((value, options) =>
      world.current === undefined ? immediate(value, options) : after(0, value, options?.signal)) satisfies Awaited["setImmediate"],
    setInterval: ((ms, value, options) =>
      world.current === undefined
        ? interval(ms, value, options)
        : (async function* () {
            for (;;) yield await after(toDelay(ms), value, options?.signal);
          })()) satisfies Awaited["setInterval"],
  };
}

function abortError(signal: AbortSignal): Error {
  return Object.assign(new Error("The operation was aborted", { cause: signal.reason }), { name: "AbortError", code: "ABORT_ERR" });
}

function virtualDate(world: World): DateConstructor {
  const Real = Date;
  const now = () => (world.current === undefined ? Real.now() : world.now);
  // A proxy and no subclass, so that dates made before and after are instances all the same.
  return new Proxy(Real, {
    construct: (target, parameters, newTarget) => Reflect.construct(target, parameters.length === 0 ? [now()] : parameters, newTarget),
    apply: () => new Real(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}

function virtualNow(world: World): () => number {
  const real = performance.now.bind(performance);
  return () => (world.current === undefined ? real() : world.now - world.startedAt);
}

function virtualHrtime(world: World): NodeJS.HRTime {
  const real = process.hrtime;
  const hrtime = (since?: [number, number]): [number, number] => {
    if (world.current === undefined) return real(since);
    const elapsedMs = world.now - world.startedAt - (since === undefined ? 0 : since[0] * 1_000 + since[1] / 1e6);
    return [Math.floor(elapsedMs / 1_000), Math.round((elapsedMs % 1_000) * 1e6)];
  };
  const bigint = () => (world.current === undefined ? real.bigint() : BigInt(Math.round(world.now - world.startedAt)) * 1_000_000n);
  return Object.assign(hrtime, { bigint });
}

function virtualAbortTimeout(world: World): (ms: number) => AbortSignal {
  const real = AbortSignal.timeout.bind(AbortSignal);
  return (ms) => {
    if (world.current === undefined) return real(ms);
    const controller = new AbortController();
    const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError");
    void new VirtualTimer(world, () => controller.abort(reason), toDelay(ms));
    return controller.signal;
  };
}
