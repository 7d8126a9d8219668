import type { WireResponse } from "../response/wire-response.ts";

/** Header values by name, in any case. */
export type IncomingHeaders = Readonly<Record<string, string | undefined>>;

/** A value a name, and a list for a name that is repeated. */
export type QueryValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * How one service packs a request into its event, and wants a response packed. All else about HTTP is the same for
 * every source.
 *
 * No function throws, whatever is missing in an event that `accepts` lets through.
 */
export interface HttpFormat<in Event, out Result> {
  readonly name: string;
  /** What it accepts, in words. */
  readonly expects: string;
  readonly accepts: (event: unknown) => boolean;
  /** The service's id of the request. */
  readonly id: (event: Event) => string;
  readonly method: (event: Event) => string;
  readonly path: (event: Event) => string;
  readonly host: (event: Event) => string | undefined;
  /** The query as text, encoded, without the question mark. */
  readonly search: (event: Event) => string;
  /** The query, decoded once. */
  readonly query: (event: Event) => QueryValues;
  /** The parameters of the path, decoded once. */
  readonly params: (event: Event) => Readonly<Record<string, string | undefined>>;
  /** All headers, `cookie` among them. */
  readonly headers: (event: Event) => IncomingHeaders;
  /** The values of the `cookie` headers. */
  readonly cookies: (event: Event) => readonly string[];
  /** The body as it stands in the event. */
  readonly body: (event: Event) => unknown;
  readonly isBase64: (event: Event) => boolean;
  readonly clientIp: (event: Event) => string | undefined;
  readonly stage: (event: Event) => string | undefined;
  readonly write: (response: WireResponse) => Result;
}
