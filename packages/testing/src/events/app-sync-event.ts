import type { AppSyncResolverEvent } from "aws-lambda";

/** What a test says of a field that is to be resolved; the rest is made up, and the same in every run. */
export interface AppSyncEventInput {
  /** @default "field" */
  readonly fieldName?: string | undefined;
  /** @default "Query" */
  readonly parentTypeName?: string | undefined;
  /** @default {} */
  readonly arguments?: Readonly<Record<string, unknown>> | undefined;
  /** What the parent was resolved to. @default null */
  readonly source?: Readonly<Record<string, unknown>> | null | undefined;
  /** As AppSync sends it. @default null, as with an API key */
  readonly identity?: AppSyncResolverEvent<unknown>["identity"];
  /** The fields that are asked for. @default ["id"] */
  readonly selectionSet?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly stash?: Readonly<Record<string, unknown>> | undefined;
  /** What the function before gave, in a pipeline. @default none */
  readonly previous?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The event of a resolver: what `appSync()` opens.
 *
 * AWS: "AWS AppSync JavaScript resolver context object reference".
 *
 * @example
 * appSyncEvent({ fieldName: "getOrder", arguments: { id: "1" } });
 */
export function appSyncEvent(input: AppSyncEventInput = {}): AppSyncResolverEvent<Record<string, unknown>, Record<string, unknown> | null> {
  const { fieldName = "field", parentTypeName = "Query", source = null, identity = null, selectionSet = ["id"], previous } = input;
  return {
    arguments: { ...input.arguments },
    identity,
    source: source === null ? null : { ...source },
    request: { headers: { "x-forwarded-for": "203.0.113.7", ...input.headers }, domainName: null },
    info: {
      fieldName,
      parentTypeName,
      selectionSetList: [...selectionSet],
      selectionSetGraphQL: `{\n  ${selectionSet.join("\n  ")}\n}`,
      variables: { ...input.variables },
    },
    prev: previous === undefined ? null : { result: { ...previous } },
    stash: { ...input.stash },
  };
}
