/**
 * Whether an event is a list of records of one service; an empty list is every service's.
 *
 * @param member Where a record names its service.
 */
export function hasRecordsOf(event: unknown, eventSource: string, member: "eventSource" | "EventSource" = "eventSource"): boolean {
  if (typeof event !== "object" || event === null) return false;
  const { Records: records } = event as { readonly Records?: unknown };
  if (!Array.isArray(records)) return false;
  return records.length === 0 || firstRecord<Readonly<Record<string, unknown>>>(records)?.[member] === eventSource;
}

/** The record that tells what holds for all; malformed ones before it fail by themselves. */
export function firstRecord<Raw>(records: readonly Raw[]): Raw | undefined {
  const [first] = records;
  return isObject(first) ? first : records.find(isObject);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
