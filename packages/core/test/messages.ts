import { lambdaContext, type SqsMessageInput } from "@lamella/testing";

export const context = lambdaContext();

export const messages = (...ids: string[]): SqsMessageInput[] => ids.map((id) => ({ id, body: "" }));

export const failedIds = ({
  batchItemFailures,
}: {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}): string[] => batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** Fails the messages whose id starts with "bad", with an error that says it. */
export const failBad = async ({ id }: { readonly id: string }): Promise<void> => {
  if (id.startsWith("bad")) throw new Error(id);
};
