/** What a reply says of a batch: all is done; these failed; or it is not to be understood, so that all failed. */
export type Verdict<Identifier> =
  | { readonly kind: "done" }
  | { readonly kind: "some"; readonly failed: readonly Identifier[] }
  | { readonly kind: "all"; readonly why: string };

/**
 * Reads a reply as a mapping with `ReportBatchItemFailures` does.
 *
 * @param read Gives the identifier, or `undefined` for one that is none.
 * AWS: "Handling errors for an SQS event source in Lambda", "Configuring partial batch response with Kinesis Data Streams and Lambda".
 */
export function readReply<Identifier>(
  reply: unknown,
  strict: boolean,
  read: (value: unknown) => Identifier | undefined,
): Verdict<Identifier> {
  if (reply === null || reply === undefined) return { kind: "done" };
  // AWS does not say what a reply is that is no object.
  if (typeof reply !== "object") return strict ? { kind: "all", why: "the reply is no object" } : { kind: "done" };
  const list = (reply as { readonly batchItemFailures?: unknown }).batchItemFailures;
  if (list === null || list === undefined) return { kind: "done" };
  if (!Array.isArray(list)) return { kind: "all", why: "batchItemFailures is no list" };
  const failed: Identifier[] = [];
  for (const entry of list as readonly unknown[]) {
    const value = typeof entry === "object" && entry !== null ? (entry as { readonly itemIdentifier?: unknown }).itemIdentifier : undefined;
    if (value === undefined) return { kind: "all", why: "an entry of batchItemFailures has no itemIdentifier" };
    const identifier = value === null || value === "" ? undefined : read(value);
    if (identifier === undefined) return { kind: "all", why: `itemIdentifier ${JSON.stringify(value)} names nothing in the batch` };
    failed.push(identifier);
  }
  return failed.length === 0 ? { kind: "done" } : { kind: "some", failed };
}
