/** A time as AWS writes it; an invalid date where there is none, as members of the type `Date` must be there. */
export function toDate(text: unknown): Date {
  return new Date(typeof text === "string" || typeof text === "number" ? text : Number.NaN);
}
