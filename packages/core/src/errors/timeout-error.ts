import { LamellaError } from "./lamella-error.ts";

/** An item took longer than `timeout` allows. */
export class TimeoutError extends LamellaError {
  readonly code = "LAMELLA_TIMEOUT";
  override readonly name = "TimeoutError";
  /** What it was allowed to take, in milliseconds. */
  readonly ms: number;

  constructor(ms: number) {
    super(`Not finished within ${ms} ms. Hand ctx.signal to what takes long, or allow more with timeout(ms).`);
    this.ms = ms;
  }
}
