import type { Schema } from "@lamella/core";
import { type Decoder, PayloadItem, refusePollution, validate } from "@lamella/core/extend";
import type { AppSyncResolverEvent } from "aws-lambda";
import { type Identity, toIdentity } from "./app-sync-identity.ts";

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

export interface Contents<Arguments, Parent> {
  readonly arguments: Arguments;
  readonly source: Parent;
}

/** Decodes the arguments and the parent of a field. */
export function resolveDecoder<Arguments, Parent>(
  args: Schema<Arguments> | undefined,
  source: Schema<Parent> | undefined,
): Decoder<Contents<Arguments, Parent>, AnyResolverEvent> {
  return {
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
}

export function isResolverEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null || !("arguments" in event)) return false;
  const { info } = event as { readonly info?: { readonly fieldName?: unknown; readonly parentTypeName?: unknown } | null };
  return typeof info?.fieldName === "string" && typeof info.parentTypeName === "string";
}

// Events made by hand lack members that AWS's types promise, so every one is read with care.
export class ResolveItem<Arguments, Parent>
  extends PayloadItem<AnyResolverEvent, Contents<Arguments, Parent>, AnyResolverEvent>
  implements Resolve<Arguments, Parent>
{
  get fieldName(): string {
    return this.raw.info?.fieldName ?? "";
  }

  get parentTypeName(): string {
    return this.raw.info?.parentTypeName ?? "";
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
    return this.raw.info?.selectionSetList ?? [];
  }

  get selectionSetGraphQL(): string {
    return this.raw.info?.selectionSetGraphQL ?? "";
  }

  get variables(): Readonly<Record<string, unknown>> {
    return this.raw.info?.variables ?? {};
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
