import { type AnsweringSource, type BatchOptions, hasCode, type Kind, OutputError, PayloadError, type Schema } from "@lamella/core";
import { answering, answers, batchSource, checkSchema, nameOf, type OutputOutcome, toOutcome, validate } from "@lamella/core/extend";
import { type AnyResolverEvent, isResolverEvent, type Resolve, ResolveItem, resolveDecoder } from "./app-sync/app-sync-resolve.ts";
import { messageOf } from "./internal/error-text.ts";

// AWS's types, or users' declarations could not name them.
export type { AppSyncResolverEvent } from "aws-lambda";
export type {
  ApiKeyIdentity,
  AuthorizerIdentity,
  CognitoIdentity,
  IamIdentity,
  Identity,
  OidcIdentity,
} from "./app-sync/app-sync-identity.ts";
export type { AnyResolverEvent, Resolve } from "./app-sync/app-sync-resolve.ts";

/**
 * What AppSync is told of one field.
 *
 * AWS: "Configuring resolvers", "Direct Lambda Resolvers: Batching enabled".
 */
export interface AppSyncBatchResult<out Result> {
  readonly data: Result | null;
  /** Adds an error to those that the client gets. */
  readonly errorMessage?: string;
  readonly errorType?: string;
}

export interface AppSyncBatchKind<Arguments, Parent, Result> extends Kind {
  readonly event: readonly AnyResolverEvent[];
  readonly reply: AppSyncBatchResult<Result>[];
  readonly item: Resolve<Arguments, Parent>;
  readonly context: unknown;
  readonly output: Result;
}

export interface AppSyncBatchOptions<Arguments, Parent, Result> extends BatchOptions<AnyResolverEvent> {
  /** What the field's arguments must be. AppSync has checked them against the API's types already. @default an object of anything */
  readonly arguments?: Schema<Arguments> | undefined;
  /** What the parent must be. @default anything */
  readonly source?: Schema<Parent> | undefined;
  /** What the handler returns must be; the client gets what the schema makes of it. @default anything */
  readonly result?: Schema<Result> | undefined;
  /**
   * What to do when no field could be resolved: `report` tells AppSync the error of each; `throw` rejects with
   * `BatchFailedError`, so that Lambda's error metric sees it, and every field fails with that error.
   * @default "report"
   */
  readonly whenAllFail?: "throw" | "report" | undefined;
}

/**
 * The source for resolvers that AppSync invokes in batches (`BatchInvoke`, or `maxBatchSize` of a direct Lambda resolver).
 * The fields are resolved side by side, and answered in their order; one that fails fails alone. `whole(appSyncBatch())`
 * resolves all of them at once.
 *
 * AWS: "Configuring resolvers", "AWS AppSync JavaScript resolver context object reference".
 *
 * @throws {RangeError} At load, when an option is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(whole(appSyncBatch({ source: Order })), async ({ items }) => {
 *   const lines = await linesOf(items.map(({ source }) => source.id));
 *   return items.map(({ source }) => lines.get(source.id) ?? []);
 * });
 */
export function appSyncBatch<Arguments = Readonly<Record<string, unknown>>, Parent = unknown, Result = unknown>(
  options: AppSyncBatchOptions<Arguments, Parent, Result> = {},
): AnsweringSource<AppSyncBatchKind<Arguments, Parent, Result>> {
  const { arguments: args, source, result, whenAllFail = "report" } = options;
  for (const [name, schema] of Object.entries({ arguments: args, source, result }))
    if (schema !== undefined) checkSchema(schema, `appSyncBatch({ ${name} })`);
  const decoder = resolveDecoder(args, source);
  return answering(
    batchSource<AppSyncBatchKind<Arguments, Parent, Result>, AnyResolverEvent, ResolveItem<Arguments, Parent>>({
      name: "appSyncBatch",
      expects: "a list of events of an AppSync resolver (info.fieldName and info.parentTypeName)",
      accepts: (event) => Array.isArray(event) && event.some(isResolverEvent),
      options: { ...options, whenAllFail },
      concurrency: 10,
      records: (event) => event,
      item: (raw) => new ResolveItem(raw, decoder),
      // AppSync gives the fields of a batch no ids.
      delivery: (_raw, index) => ({ id: "", index, source: "appSyncBatch", attempt: undefined }),
      decode: (item) => {
        // Only of one of them it is known.
        if (!isResolverEvent(item.raw)) throw new PayloadError({ part: "record", problem: "is no event of a resolver" });
        return item["~decode"]();
      },
      ...answers({
        finish: (returned): OutputOutcome | Promise<OutputOutcome> => {
          if (result === undefined) return toOutcome(returned);
          const valid = validate(result, returned, "result", OutputError);
          return valid instanceof Promise ? valid.then(toOutcome) : toOutcome(valid);
        },
        answer: (_raw, { failure, ...rest }): AppSyncBatchResult<unknown> => {
          if (failure === undefined) return { data: (rest as { readonly output: unknown }).output ?? null };
          const { error, fate } = failure;
          if (fate === "ignore" && !hasCode(error, "LAMELLA_FINAL")) return { data: null };
          // AppSync takes a field without a message for one without an error.
          return { data: null, errorMessage: messageOf(error) || nameOf(error), errorType: nameOf(error) };
        },
        reply: (results) => results as AppSyncBatchResult<Result>[],
      }),
    }),
  );
}
