/** The time that AWS tells in seconds, with milliseconds behind the point. */
export function toDate(seconds: number | undefined): Date {
  // As numbers such seconds are a little more or less, and a Date cuts off.
  return new Date(Math.round((seconds ?? Number.NaN) * 1000));
}
