/** Whether an event is a list of records of one service; an empty list is every service's. */
export function hasRecordsOf(event: unknown, eventSource: string): boolean {
  if (typeof event !== "object" || event === null) return false;
  const { Records: records } = event as { readonly Records?: unknown };
  if (!Array.isArray(records)) return false;
  // The mark is looked for behind records that are malformed: these fail by themselves.
  const first = records[0] ?? (records as readonly unknown[]).find((record) => typeof record === "object" && record !== null);
  return records.length === 0 || (first as { readonly eventSource?: unknown } | undefined)?.eventSource === eventSource;
}
