import {
  type BatchOptions,
  type BatchSource,
  type DeadlineOptions,
  final,
  hasCode,
  type Kind,
  OutputError,
  type Schema,
} from "@lamella/core";
import {
  answers,
  batchSource,
  checkSchema,
  type Decoder,
  mustBe,
  nameOf,
  type OutputOutcome,
  PayloadItem,
  refusePollution,
  toOutcome,
  validate,
} from "@lamella/core/extend";
import { type Identity, toIdentity } from "./app-sync/app-sync-identity.ts";

export type {
  ApiKeyIdentity,
  AuthorizerIdentity,
  CognitoIdentity,
  IamIdentity,
  Identity,
  OidcIdentity,
} from "./app-sync/app-sync-identity.ts";

/** One event that was published, as AppSync sends it. */
export interface IncomingEvent {
  readonly id: string;
  readonly payload: unknown;
}

/**
 * What AppSync sends: what was published to a channel, or that somebody wants to subscribe to it.
 *
 * AWS: "AWS AppSync Event API context reference".
 */
export interface AppSyncEventsEvent {
  readonly info: {
    readonly channel: { readonly path: string; readonly segments: readonly string[] };
    readonly channelNamespace: { readonly name: string };
    readonly operation: "PUBLISH" | "SUBSCRIBE";
  };
  /** `null` for a subscription. */
  readonly events?: readonly IncomingEvent[] | null | undefined;
  readonly identity?: unknown;
  readonly request?:
    | { readonly headers?: Readonly<Record<string, string>> | null | undefined; readonly domainName?: string | null | undefined }
    | null
    | undefined;
  readonly stash?: unknown;
  readonly prev?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly outErrors?: unknown;
}

/** One event that is to be broadcast, or why it is not. */
export interface OutgoingEvent {
  readonly id: string;
  readonly payload?: unknown;
  readonly error?: string | undefined;
}

/**
 * What AppSync gets: the events to broadcast; `null` for a subscription that is allowed; or why it is refused.
 *
 * AWS: "Direct data source integrations using Lambda".
 */
export type AppSyncEventsReply = { readonly events: readonly OutgoingEvent[] } | { readonly error: string } | null;

/** What is known of a channel's event and of a subscription alike. */
export interface ChannelRequest {
  /** The channel's path, such as `/orders/eu/42`. */
  readonly channel: string;
  /** The path's parts, the namespace first. */
  readonly segments: readonly string[];
  readonly namespace: string;
  /** Who published, or subscribes. */
  readonly identity: Identity;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The API's own domain, where the request came through it. */
  readonly domainName: string | undefined;
  /** The whole event as AppSync sent it. */
  readonly event: AppSyncEventsEvent;
}

/** An event that was published to a channel. */
export interface Published<out Payload> extends ChannelRequest {
  readonly operation: "PUBLISH";
  readonly id: string;
  /** What the `payload` option makes of the payload. */
  readonly payload: Payload;
  /** The event as it was published. */
  readonly raw: IncomingEvent;
}

/** Somebody wants to subscribe to a channel. */
export interface Subscribing extends ChannelRequest {
  readonly operation: "SUBSCRIBE";
  readonly id: undefined;
  readonly payload: undefined;
  readonly raw: AppSyncEventsEvent;
}

export interface AppSyncEventsKind<Payload> extends Kind {
  readonly event: AppSyncEventsEvent;
  readonly reply: AppSyncEventsReply;
  readonly item: Published<Payload> | Subscribing;
  readonly context: unknown;
  readonly output: unknown;
}

export interface AppSyncEventsOptions<Payload> extends DeadlineOptions, Pick<BatchOptions<never>, "concurrency"> {
  /** What the payload of a published event must be. @default anything */
  readonly payload?: Schema<Payload> | undefined;
  /**
   * What AppSync is told of an error, which clients may get to see.
   * @default the error's name; the message as well of `final(…)` and of a payload that does not fit
   */
  readonly reason?: ((error: unknown) => string) | undefined;
}

/** Says that an event is not broadcast; made by `drop`. */
export interface Dropped {
  readonly "~drop": true;
}

const DROPPED: Dropped = /* @__PURE__ */ Object.freeze({ "~drop": true });

/**
 * Returned for a published event it says that nobody gets it.
 *
 * @example
 * operations({ publish: ({ payload }) => (payload.isDraft ? drop() : payload) });
 */
export function drop(): Dropped {
  return DROPPED;
}

/** A record with the event that it came in. */
interface Enveloped {
  readonly event: AppSyncEventsEvent;
  /** `undefined` for a subscription. */
  readonly published: IncomingEvent | undefined;
}

/**
 * The source for handlers of AppSync Events' channel namespaces, with a direct integration. Each event that was published
 * is an item: what the handler returns is broadcast in its place, nothing broadcasts it as it came, `drop()` keeps it
 * back, and what the handler throws is that event's error alone. A subscription is an item as well: it is allowed when
 * the handler returns, and refused when it throws.
 *
 * AWS: "Direct data source integrations using Lambda".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(appSyncEvents({ payload: Message }), operations({ publish: ({ payload }) => payload }));
 */
export function appSyncEvents<Payload = unknown>(options: AppSyncEventsOptions<Payload> = {}): BatchSource<AppSyncEventsKind<Payload>> {
  const { payload, reason = nameForClients, ...rest } = options;
  if (payload !== undefined) checkSchema(payload, "appSyncEvents({ payload })");
  mustBe(typeof reason === "function", "appSyncEvents({ reason })", "a function", reason);
  const decoder: Decoder<Payload, Enveloped> = {
    part: "payload",
    decode: ({ event, published }, part) => {
      // A subscription has none, and its item's type says so.
      if (event.info.operation === "SUBSCRIBE") return undefined as Payload;
      const raw = published?.payload;
      refusePollution(raw, part);
      return payload === undefined ? (raw as Payload) : validate(payload, raw, part);
    },
  };
  type Item = ChannelItem<Payload> & (Published<Payload> | Subscribing);
  return batchSource<AppSyncEventsKind<Payload>, Enveloped, Item>({
    name: "appSyncEvents",
    expects: "an event of an AppSync channel namespace (info.channelNamespace and info.operation)",
    accepts: isChannelEvent,
    // Nothing comes again, so each event gets its answer also where all of them failed.
    options: { ...rest, whenAllFail: "report" },
    concurrency: 10,
    records: (event) =>
      event.info.operation === "PUBLISH"
        ? (event.events ?? []).map((published): Enveloped => ({ event, published }))
        : [{ event, published: undefined }],
    // One class for both operations; `operation` tells what the others can be.
    item: (raw) => new ChannelItem(raw, decoder) as Item,
    delivery: ({ event, published }, index) => ({
      id: event.info.operation === "SUBSCRIBE" ? event.info.channel.path : idOf(published),
      index,
      source: "appSyncEvents",
      attempt: undefined,
    }),
    decode: (item) => item["~decode"](),
    ...answers<AppSyncEventsEvent, Enveloped, Item, AppSyncEventsReply>({
      finish,
      answer: ({ published }, { failure, output }: { failure?: { readonly error: unknown } | undefined; output?: unknown }) => {
        const id = idOf(published);
        if (failure !== undefined) return { id, error: told(reason, failure.error) };
        if (isDropped(output)) return undefined;
        return { id, payload: output === undefined ? published?.payload : output };
      },
      reply: (results, { info }) => {
        const events = results as readonly (OutgoingEvent | undefined)[];
        if (info.operation === "PUBLISH")
          return { events: events.filter((each) => each !== undefined && each.id !== "") as OutgoingEvent[] };
        const error = events[0]?.error;
        return error === undefined ? null : { error };
      },
    }),
  });
}

function isChannelEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null) return false;
  const { info, events } = event as { readonly info?: Partial<AppSyncEventsEvent["info"]> | null; readonly events?: unknown };
  if (typeof info?.channelNamespace?.name !== "string" || typeof info.channel?.path !== "string") return false;
  return info.operation === "PUBLISH" ? Array.isArray(events) : info.operation === "SUBSCRIBE";
}

function idOf(published: IncomingEvent | undefined): string {
  const id: unknown = published?.id;
  return typeof id === "string" ? id : "";
}

function isDropped(output: unknown): boolean {
  return typeof output === "object" && output !== null && "~drop" in output;
}

/** What cannot be sent would fail the whole reply, and so all events of it. */
function finish(output: unknown, { operation }: { readonly operation: string }): OutputOutcome {
  // What a handler of subscriptions returns is never sent.
  if (operation === "SUBSCRIBE") return toOutcome(undefined);
  if (output === undefined || isDropped(output)) return toOutcome(output);
  let text: string | undefined;
  try {
    text = JSON.stringify(output);
  } catch (cause) {
    throw new OutputError({ part: "payload", problem: "is not to be written as JSON", cause });
  }
  if (text === undefined) throw new OutputError({ part: "payload", problem: `is a ${typeof output}, which JSON does not have` });
  return toOutcome(output);
}

function nameForClients(error: unknown): string {
  const isForClients = hasCode(error, "LAMELLA_FINAL") || hasCode(error, "LAMELLA_PAYLOAD");
  return isForClients ? `${nameOf(error)}: ${(error as Error).message}` : nameOf(error);
}

/** A reason that cannot be told must not fail the other events. */
function told(reason: (error: unknown) => string, error: unknown): string {
  try {
    const text = reason(error);
    if (typeof text === "string" && text !== "") return text;
  } catch {
    // Said below.
  }
  return nameOf(error);
}

/** What to do with each operation. */
export interface ChannelOperations<in Payload, in Ctx> {
  /** @default an event is refused */
  readonly publish?: ((published: Published<Payload>, ctx: Ctx) => unknown) | undefined;
  /** @default a subscription is refused */
  readonly subscribe?: ((subscribing: Subscribing, ctx: Ctx) => unknown) | undefined;
}

/**
 * Makes one handler of two.
 *
 * @throws {TypeError} At load, when there is none, or one is no function.
 * @example
 * operations({ publish: ({ payload }) => ({ ...payload, at: Date.now() }), subscribe: ({ identity }) => check(identity) });
 */
export function operations<Payload, Ctx>({
  publish,
  subscribe,
}: ChannelOperations<Payload, Ctx>): (item: Published<Payload> | Subscribing, ctx: Ctx) => Promise<unknown> {
  for (const [name, handle] of Object.entries({ publish, subscribe }))
    mustBe(handle === undefined || typeof handle === "function", `operations({ ${name} })`, "a function", handle);
  mustBe(publish !== undefined || subscribe !== undefined, "operations(…)", "given publish or subscribe", undefined);
  return async (item, ctx) => {
    const handle = (item.operation === "PUBLISH" ? publish : subscribe) as ((item: never, ctx: Ctx) => unknown) | undefined;
    if (handle === undefined) throw final(`nobody handles ${item.operation}`);
    return handle(item as never, ctx);
  };
}

/** The payload of a published event; nothing for a subscription. */
class LatePayload<Payload> extends PayloadItem<Enveloped, Payload, Enveloped> {
  get value(): Payload {
    return this.payload();
  }

  protected encoded(): Enveloped {
    return this.raw;
  }
}

// Events made by hand lack members that AppSync sends, so every one is read with care.
class ChannelItem<Payload> {
  readonly event: AppSyncEventsEvent;
  readonly operation: "PUBLISH" | "SUBSCRIBE";
  readonly id: string | undefined;
  readonly raw: IncomingEvent | AppSyncEventsEvent;
  readonly #payload: LatePayload<Payload>;

  constructor(enveloped: Enveloped, decoder: Decoder<Payload, Enveloped>) {
    const { event } = enveloped;
    const published = enveloped.published as IncomingEvent;
    this.event = event;
    this.operation = event.info.operation;
    const isSubscribing = this.operation === "SUBSCRIBE";
    this.id = isSubscribing ? undefined : idOf(published);
    this.raw = isSubscribing ? event : published;
    this.#payload = new LatePayload(enveloped, decoder);
  }

  get payload(): Payload {
    return this.#payload.value;
  }

  get channel(): string {
    return this.event.info.channel.path;
  }

  get segments(): readonly string[] {
    return this.event.info.channel.segments ?? [];
  }

  get namespace(): string {
    return this.event.info.channelNamespace.name;
  }

  get identity(): Identity {
    return toIdentity(this.event.identity);
  }

  get headers(): Readonly<Record<string, string | undefined>> {
    return this.event.request?.headers ?? {};
  }

  get domainName(): string | undefined {
    return this.event.request?.domainName ?? undefined;
  }

  "~decode"(): this | Promise<this> {
    const decoded = this.#payload["~decode"]();
    return decoded instanceof Promise ? decoded.then(() => this) : this;
  }
}
