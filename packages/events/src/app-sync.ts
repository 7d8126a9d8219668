import type { DeadlineOptions, Kind, Schema, Source } from "@lamella/core";
import { OutputError } from "@lamella/core";
import {
  checkSchema,
  type Decoder,
  type OutputOutcome,
  PayloadItem,
  refusePollution,
  singleSource,
  toOutcome,
  validate,
} from "@lamella/core/extend";
import type { AppSyncResolverEvent } from "aws-lambda";
import { type Identity, toIdentity } from "./internal/app-sync-identity.ts";

// AWS's types, or users' declarations could not name them.
export type { AppSyncResolverEvent } from "aws-lambda";
export type {
  ApiKeyIdentity,
  AuthorizerIdentity,
  CognitoIdentity,
  IamIdentity,
  Identity,
  OidcIdentity,
} from "./internal/app-sync-identity.ts";

/** What AppSync sends, whatever its schema says of arguments and parents. */
export type AnyResolverEvent = AppSyncResolverEvent<Record<string, unknown>, Record<string, unknown> | null>;

/**
 * A field that is to be resolved.
 *
 * AWS: "AWS AppSync JavaScript resolver context object reference".
 */
export interface Resolve<out Arguments, out Parent> {
  /** The field's name, such as `getOrder`. */
  readonly fieldName: string;
  /** The type that has the field: `Query`, `Mutation`, `Subscription`, or one of the API's own. */
  readonly parentTypeName: string;
  /** What the `arguments` option makes of the field's arguments. */
  readonly arguments: Arguments;
  /** What the parent was resolved to, as `source` makes of it; `null` for the fields of queries and mutations. */
  readonly source: Parent;
  /** Who called. */
  readonly identity: Identity;
  /** The fields that were asked for, such as `items/id`. */
  readonly selectionSet: readonly string[];
  /** The same as GraphQL. */
  readonly selectionSetGraphQL: string;
  /** The variables of the whole query. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the functions of a pipeline share. */
  readonly stash: Readonly<Record<string, unknown>>;
  /** What the function before gave, in a pipeline. */
  readonly previous: unknown;
  /** The request's headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The API's own domain, where the request came through it. */
  readonly domainName: string | undefined;
  /** The event as AppSync sent it. */
  readonly raw: AnyResolverEvent;
}

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

interface Contents<Arguments, Parent> {
  readonly arguments: Arguments;
  readonly source: Parent;
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
  const decoder: Decoder<Contents<Arguments, Parent>, AnyResolverEvent> = {
    part: "arguments",
    decode: (raw) => {
      refusePollution(raw.arguments, "arguments");
      const given = args === undefined ? ((raw.arguments ?? {}) as Arguments) : validate(args, raw.arguments, "arguments");
      const parent = source === undefined ? (raw.source as Parent) : validate(source, raw.source, "source");
      return given instanceof Promise || parent instanceof Promise
        ? Promise.all([given, parent]).then(([known, of]) => ({ arguments: known, source: of }))
        : { arguments: given, source: parent };
    },
  };
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

function isResolverEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null || !("arguments" in event)) return false;
  const { info } = event as { readonly info?: { readonly fieldName?: unknown; readonly parentTypeName?: unknown } | null };
  return typeof info?.fieldName === "string" && typeof info.parentTypeName === "string";
}

// Events made by hand lack members that AWS's types promise, so every one is read with care.
class ResolveItem<Arguments, Parent>
  extends PayloadItem<AnyResolverEvent, Contents<Arguments, Parent>, AnyResolverEvent>
  implements Resolve<Arguments, Parent>
{
  get fieldName(): string {
    return this.raw.info.fieldName;
  }

  get parentTypeName(): string {
    return this.raw.info.parentTypeName;
  }

  get arguments(): Arguments {
    return this.payload().arguments;
  }

  get source(): Parent {
    return this.payload().source;
  }

  get identity(): Identity {
    return toIdentity(this.raw.identity);
  }

  get selectionSet(): readonly string[] {
    return this.raw.info.selectionSetList ?? [];
  }

  get selectionSetGraphQL(): string {
    return this.raw.info.selectionSetGraphQL ?? "";
  }

  get variables(): Readonly<Record<string, unknown>> {
    return this.raw.info.variables ?? {};
  }

  get stash(): Readonly<Record<string, unknown>> {
    return this.raw.stash ?? {};
  }

  get previous(): unknown {
    return this.raw.prev?.result;
  }

  get headers(): Readonly<Record<string, string | undefined>> {
    return this.raw.request?.headers ?? {};
  }

  get domainName(): string | undefined {
    return this.raw.request?.domainName ?? undefined;
  }

  protected encoded(): AnyResolverEvent {
    return this.raw;
  }
}
