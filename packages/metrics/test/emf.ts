import { vi } from "vitest";
import { z } from "zod";

/**
 * A document as CloudWatch takes it. AWS: "Specification: Embedded metric format", its JSON schema and what it says beside.
 */
const Emf = z
  .looseObject({
    _aws: z.strictObject({
      Timestamp: z.int(),
      CloudWatchMetrics: z
        .array(
          z.strictObject({
            Namespace: z.string().min(1).max(255),
            Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
            Metrics: z
              .array(
                z.strictObject({
                  Name: z.string().min(1).max(1_024),
                  Unit: z.string().optional(),
                  StorageResolution: z.literal([1, 60]).optional(),
                }),
              )
              .min(1)
              .max(100),
          }),
        )
        .min(1),
    }),
  })
  .superRefine((document, check) => {
    const problem = (message: string): void => check.addIssue({ code: "custom", message });
    for (const { Dimensions: sets, Metrics: definitions } of document._aws.CloudWatchMetrics) {
      for (const name of sets.flat())
        if (!z.string().min(1).max(1_024).safeParse(document[name]).success) problem(`the dimension ${name} has no value at the root`);
      for (const { Name: name } of definitions)
        if (!z.union([z.number(), z.array(z.number()).min(1).max(100)]).safeParse(document[name]).success)
          problem(`the metric ${name} has no value, or more than 100`);
    }
  });

/** A document, or a line that is none. */
export type EmfDocument = z.infer<typeof Emf>;

/** Reads a document, and throws where CloudWatch would not take it. */
export const toEmf = (text: string): EmfDocument => Emf.parse(JSON.parse(text));

/** Takes what is written to stdout from here on, document by document, until the test ends. */
export function captureDocuments(): { readonly documents: readonly EmfDocument[] } {
  const documents: EmfDocument[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk: string | Uint8Array) => {
    documents.push(toEmf(String(chunk).trim()));
    return true;
  });
  return { documents };
}

/** The values of a metric in all documents. */
export function valuesOf(documents: readonly EmfDocument[], name: string): number[] {
  return documents.flatMap((document) => {
    const isDefined = document._aws.CloudWatchMetrics.some(({ Metrics: all }) => all.some(({ Name: one }) => one === name));
    return isDefined ? (document[name] as number | number[]) : [];
  });
}
