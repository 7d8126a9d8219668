import { numberOf } from "./fields.ts";

/** The time that AWS tells in seconds, with milliseconds behind the point. */
export function secondsToDate(seconds: unknown): Date {
  // As numbers such seconds are a little more or less, and a Date cuts off.
  return new Date(Math.round(numberOf(seconds) * 1000));
}
