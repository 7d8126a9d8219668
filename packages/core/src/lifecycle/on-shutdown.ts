import type { Layer } from "../layer.ts";
import { mustBe } from "../must-be.ts";
import { lifecycle } from "./lifecycle.ts";

export interface OnShutdownOptions {
  /** The most that it may take, in milliseconds; all shutdowns together have 300. @default a fair share of what is left */
  readonly timeoutMs?: number | undefined;
}

/**
 * A layer that calls `act` when Lambda ends the execution environment, which it tells only with `ready` or `readySync`.
 * Where several are shut down, the last layer is the first.
 *
 * @throws {TypeError} At load, when `act` is no function.
 * @throws {RangeError} At load, when `timeoutMs` is out of its range.
 * @example
 * export const handler = await ready(wrap(sqs(), onShutdown(() => producer.flush(), { timeoutMs: 200 }), handle));
 */
export function onShutdown(act: () => void | Promise<void>, { timeoutMs }: OnShutdownOptions = {}): Layer<unknown, {}, {}> {
  mustBe(typeof act === "function", "onShutdown(…)", "a function", act);
  return { name: "onShutdown", hooks: { lifecycle: lifecycle("onShutdown", { shutdown: act, timeoutMs }) } };
}
