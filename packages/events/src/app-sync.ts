import type { DeadlineOptions, Kind, Schema, Source } from "@lamella/core";
import { OutputError } from "@lamella/core";
import { checkSchema, type OutputOutcome, singleSource, toOutcome, validate } from "@lamella/core/extend";
import { type AnyResolverEvent, isResolverEvent, type Resolve, ResolveItem, resolveDecoder } from "./app-sync/app-sync-resolve.ts";

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

export interface AppSyncKind<Arguments, Parent, Result> extends Kind {
  readonly event: AnyResolverEvent;
  readonly reply: Result;
  readonly item: Resolve<Arguments, Parent>;
  readonly context: unknown;
  readonly output: Result;
}

export interface AppSyncOptions<Arguments, Parent, Result> extends DeadlineOptions {
  /** What the field's arguments must be. AppSync has checked them against the API's types already. @default an object of anything */
  readonly arguments?: Schema<Arguments> | undefined;
  /** What the parent must be. @default anything */
  readonly source?: Schema<Parent> | undefined;
  /** What the handler returns must be; the client gets what the schema makes of it. @default anything */
  readonly result?: Schema<Result> | undefined;
}

/**
 * The source for fields of AppSync's GraphQL APIs: a direct Lambda resolver. What the handler returns is the field's
 * value. The function rejects with the handler's own error, whose `name` Lambda reports as `errorType`.
 *
 * AWS: "Configuring resolvers", "AWS AppSync JavaScript resolver context object reference".
 *
 * @throws {TypeError} At load, when an option is no Standard Schema.
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @example
 * export const handler = wrap(appSync({ arguments: z.object({ id: z.string() }) }), async ({ arguments: { id } }) => orderOf(id));
 */
export function appSync<Arguments = Readonly<Record<string, unknown>>, Parent = unknown, Result = unknown>(
  options: AppSyncOptions<Arguments, Parent, Result> = {},
): Source<AppSyncKind<Arguments, Parent, Result>> {
  const { arguments: args, source, result } = options;
  for (const [name, schema] of Object.entries({ arguments: args, source, result }))
    if (schema !== undefined) checkSchema(schema, `appSync({ ${name} })`);
  const decoder = resolveDecoder(args, source);
  return singleSource<AppSyncKind<Arguments, Parent, Result>, ResolveItem<Arguments, Parent>>({
    name: "appSync",
    expects: "an event of an AppSync resolver (info.fieldName and info.parentTypeName)",
    accepts: isResolverEvent,
    options,
    item: (raw) => new ResolveItem(raw, decoder),
    delivery: (_event, lambda) => ({ id: lambda.awsRequestId ?? "", index: 0, source: "appSync", attempt: undefined }),
    decode: (item) => item["~decode"](),
    finish: (returned) => {
      if (result === undefined) return toOutcome(returned);
      const valid = validate(result, returned, "result", OutputError);
      return valid instanceof Promise ? valid.then(toOutcome) : toOutcome(valid);
    },
    reply: (outcome) => (outcome as OutputOutcome).output as Result,
  });
}
