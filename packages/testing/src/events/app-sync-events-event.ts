/** What a test says of a request to a channel; the rest is made up, and the same in every run. */
export interface AppSyncEventsEventInput {
  /** What was published; without it somebody subscribes. Each gets an id that tells its place: `event-1`. */
  readonly publish?: readonly unknown[] | undefined;
  /** The channel's path, the namespace first. @default "/default/channel" */
  readonly channel?: string | undefined;
  /** As AppSync sends it. @default null, as with an API key */
  readonly identity?: Readonly<Record<string, unknown>> | null | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What AppSync sends to the function of a channel namespace. */
export interface AppSyncChannelEvent {
  readonly identity: Readonly<Record<string, unknown>> | null;
  readonly result: null;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly domainName: string | null };
  readonly info: {
    readonly channel: { readonly path: string; readonly segments: readonly string[] };
    readonly channelNamespace: { readonly name: string };
    readonly operation: "PUBLISH" | "SUBSCRIBE";
  };
  readonly error: null;
  readonly prev: null;
  readonly stash: Readonly<Record<string, unknown>>;
  readonly outErrors: readonly unknown[];
  readonly events: readonly { readonly id: string; readonly payload: unknown }[] | null;
}

/**
 * The event of a channel namespace: what `appSyncEvents()` opens.
 *
 * AWS: "AWS AppSync Event API context reference".
 *
 * @example
 * appSyncEventsEvent({ channel: "/orders/42", publish: [{ text: "paid" }] });
 */
export function appSyncEventsEvent(input: AppSyncEventsEventInput = {}): AppSyncChannelEvent {
  const { publish, channel = "/default/channel", identity = null, headers = {} } = input;
  const segments = channel.split("/").filter((segment) => segment !== "");
  return {
    identity,
    result: null,
    request: { headers: { "x-forwarded-for": "203.0.113.7", ...headers }, domainName: null },
    info: {
      channel: { path: channel, segments },
      channelNamespace: { name: segments[0] ?? "" },
      operation: publish === undefined ? "SUBSCRIBE" : "PUBLISH",
    },
    error: null,
    prev: null,
    stash: {},
    outErrors: [],
    events: publish === undefined ? null : publish.map((payload, index) => ({ id: `event-${index + 1}`, payload })),
  };
}
