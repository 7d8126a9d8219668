/** The keys that Powertools writes itself. It drops them where they are appended, and warns. */
export const RESERVED_KEYS: readonly string[] = ["level", "message", "sampling_rate", "service", "timestamp"];
