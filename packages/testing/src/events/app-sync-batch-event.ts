import type { AppSyncResolverEvent } from "aws-lambda";

/** What a test says of one field of a batch; the rest is made up, and the same in every run. */
export interface AppSyncBatchFieldInput<Arguments, Parent> {
  /** @default {} */
  readonly arguments?: Arguments | undefined;
  /** What the parent was resolved to. @default null */
  readonly source?: Parent | undefined;
}

export interface AppSyncBatchEventOptions {
  /** @default "field" */
  readonly fieldName?: string | undefined;
  /** @default "Parent" */
  readonly parentTypeName?: string | undefined;
}

/**
 * The event of a field that AppSync resolves for several parents at once: what `appSyncBatch()` opens.
 *
 * AWS: "Direct Lambda Resolvers: Batching enabled".
 *
 * @example
 * appSyncBatchEvent([{ source: { id: "order-1" } }, { source: { id: "order-2" } }], { fieldName: "lines" });
 */
export function appSyncBatchEvent<
  Arguments extends object = Record<string, unknown>,
  Parent extends Record<string, unknown> | null = Record<string, unknown> | null,
>(
  fields: readonly AppSyncBatchFieldInput<Arguments, Parent>[],
  { fieldName = "field", parentTypeName = "Parent" }: AppSyncBatchEventOptions = {},
): AppSyncResolverEvent<Arguments, Parent>[] {
  return fields.map(({ arguments: args, source }) => ({
    arguments: args ?? ({} as Arguments),
    identity: null,
    source: source ?? (null as Parent),
    request: { headers: {}, domainName: null },
    info: { fieldName, parentTypeName, variables: {}, selectionSetList: [], selectionSetGraphQL: "{}" },
    prev: null,
    stash: {},
  }));
}
