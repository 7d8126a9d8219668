/** Tells a simulation what a plain handler has completed. */
export interface Effects {
  /** Notes that a message or record was handled, by its id: the SQS message id, the sequence number, or `topic-partition-offset`. */
  readonly record: (id: string) => void;
  /** Where a running simulation listens. */
  "~listener": ((id: string) => void) | undefined;
}

/**
 * Makes what a function that `wrap` did not make tells of its work, for the `effects` option of a simulator. Outside of a
 * simulation it does nothing.
 *
 * @example
 * const done = effects();
 * const run = await simulateSqs(async ({ Records }) => Records.forEach(({ messageId }) => done.record(messageId)), { messages, effects: done });
 */
export function effects(): Effects {
  const made: Effects = { record: (id) => made["~listener"]?.(id), "~listener": undefined };
  return made;
}
