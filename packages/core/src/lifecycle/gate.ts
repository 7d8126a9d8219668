import type { LambdaContext } from "../lambda.ts";
import type { AnyLayer } from "../layer.ts";
import { inLambda } from "./in-lambda.ts";
import type { InitTime, Lifecycle } from "./lifecycle.ts";
import { mayOverlap, nextBegins, whileRunning } from "./running.ts";
import { warnOfShutdown } from "./warn-of-shutdown.ts";

/** The lives of some layers. */
export function livesOf(layers: readonly AnyLayer[]): readonly Lifecycle[] {
  return layers.flatMap(({ hooks }) => hooks.lifecycle ?? []);
}

/** Starts what is not there yet, and gives what is under way. */
export function startAll(lives: readonly Lifecycle[]): Promise<unknown>[] {
  return lives.flatMap((life) => life.start() ?? []);
}

/** Starts what the layers need, in Lambda at once, and gives what hands each invocation the hooks to run around it. */
export function gate(layers: readonly AnyLayer[], hooks: readonly AnyLayer[]): () => readonly AnyLayer[] {
  const lives = livesOf(layers);
  const looks = lives.flatMap(({ look }) => look ?? []);
  const mayEnd = lives.some(({ hasShutdown }) => hasShutdown);
  // It costs a microsecond an invocation.
  const counts = mayEnd && mayOverlap();
  let isReady = false;

  const whileClosed = async (lambda: LambdaContext, next: () => Promise<void>): Promise<void> => {
    await Promise.all(startAll(lives));
    if (!isReady) {
      isReady = true;
      tell(layers, lambda);
      if (mayEnd) warnOfShutdown();
    }
    return counts ? whileRunning(next) : next();
  };
  const closed = [asLayer(whileClosed), ...hooks];
  const open = counts ? [asLayer((_lambda, next) => whileRunning(next)), ...hooks] : hooks;

  // Awaited by invocations, which try again what failed.
  if (inLambda()) void startAll(lives);
  return () => {
    nextBegins();
    if (!isReady) return closed;
    for (const look of looks) look();
    return open;
  };
}

function asLayer(invocation: NonNullable<AnyLayer["hooks"]["invocation"]>): AnyLayer {
  return { name: "lifecycle", hooks: { invocation } };
}

function tell(layers: readonly AnyLayer[], lambda: LambdaContext): void {
  // By name, because several may need the same.
  const times = new Map<string, InitTime>();
  for (const life of livesOf(layers)) for (const time of life.times()) times.set(time.name, time);
  if (times.size === 0) return;
  for (const { hooks } of layers) {
    try {
      hooks.initialised?.([...times.values()], lambda);
    } catch (error) {
      console.error("[lamella] telling the init times failed:", error);
    }
  }
}
