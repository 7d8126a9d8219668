import {
  type Codec,
  codec,
  type DeadlineOptions,
  type Ignored,
  json,
  type Kind,
  PayloadError,
  type Schema,
  type Source,
  type ValueOf,
} from "@lamella/core";
import { mustBe, PayloadItem, singleSource, toOutcome } from "@lamella/core/extend";
import type { EventBridgeEvent } from "aws-lambda";
import { type DetailDecoder, type DetailMap, toDetailDecoders } from "./event-bridge/detail-decoders.ts";
import { isBusEvent } from "./event-bridge/is-bus-event.ts";
import { textOf } from "./internal/fields.ts";

// AWS's type, or users' declarations could not name it.
export type { EventBridgeEvent } from "aws-lambda";
export type { DetailMap } from "./event-bridge/detail-decoders.ts";

/**
 * An event of an event bus.
 *
 * AWS: "Events in Amazon EventBridge", "AWS service event metadata".
 */
export interface BusEvent<out Type extends string, out Detail> {
  /** Given by EventBridge, the same at every delivery. */
  readonly id: string;
  /** What happened, in the words of the producer. */
  readonly detailType: Type;
  /** What the `detail` option makes of the detail; `unknown` without it. */
  readonly detail: Detail;
  /** Who says so, such as `aws.ec2` or a name of your own. */
  readonly source: string;
  readonly time: Date;
  /** The AWS account that the event came from. */
  readonly account: string;
  readonly region: string;
  /** The ARNs of what the event is about. */
  readonly resources: readonly string[];
  /** The replay that sent the event again; `undefined` when it comes for the first time. */
  readonly replayName: string | undefined;
  /** The event as EventBridge sent it. */
  readonly raw: EventBridgeEvent<string, unknown>;
}

/** The event by what its detail must be: one for a schema, a union that is told apart by `detailType` for a map. */
export type BusEventOf<Detail> =
  Detail extends Schema<infer Value>
    ? BusEvent<string, Value>
    : { readonly [Type in keyof Detail & string]: BusEvent<Type, ValueOf<Detail[Type]>> }[keyof Detail & string];

export interface EventBridgeKind<Item extends BusEvent<string, unknown>> extends Kind {
  readonly event: EventBridgeEvent<Item["detailType"], Item["detail"]>;
  readonly reply: void;
  readonly item: Item;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface EventBridgeOptions<Detail> extends DeadlineOptions {
  /** What the detail must be: a schema, or an object with a schema for each detail type. @default any detail, as it came */
  readonly detail?: Detail | undefined;
  /**
   * What to do with a detail type that the object of `detail` does not list: `fail` rejects with a `PayloadError`, so
   * that nothing is lost when a rule matches too much; `ignore` succeeds without calling layers or handler.
   * @default "fail"
   */
  readonly others?: "fail" | "ignore" | undefined;
}

/**
 * The source for events of an event bus. It rejects with the handler's own error, and Lambda tries the event again.
 *
 * AWS: "Events in Amazon EventBridge", "Error handling for asynchronous invocations".
 *
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(
 *   eventBridge({ detail: { "order.placed": Placed, "order.cancelled": Cancelled } }),
 *   async ({ detailType, detail }) => (detailType === "order.placed" ? ship(detail.address) : stop(detail.reason)),
 * );
 */
export function eventBridge<const Detail extends Schema<unknown> | DetailMap = Schema<unknown>>(
  options: EventBridgeOptions<Detail> = {},
): Source<EventBridgeKind<BusEventOf<Detail>>> {
  const { detail, others = "fail" } = options;
  // The runtime has parsed it, and looks at no keys.
  const decoders = toDetailDecoders(detail, "eventBridge({ detail })", true);
  mustBe(others === "fail" || others === "ignore", "eventBridge({ others })", '"fail" or "ignore"', others);
  const ignores = others === "ignore";
  mustBe(!ignores || !decoders.has(""), "eventBridge({ others })", "left out where detail is not an object with the detail types", others);
  const source = singleSource<EventBridgeKind<BusEventOf<Detail>>, BusEventItem & BusEventOf<Detail>>({
    name: "eventBridge",
    expects: `an EventBridge event ("detail-type", source and detail)`,
    accepts: isBusEvent,
    options,
    // Types are erased here, once: the decoder is that of the event's own type.
    item: (event) => new BusEventItem(event, decoders.of(event["detail-type"])) as BusEventItem & BusEventOf<Detail>,
    delivery: (event) => ({ id: textOf(event.id), index: 0, source: "eventBridge", attempt: undefined }),
    recordedAt: (event) => Date.parse(textOf(event.time)),
    decode: (item) => item["~decode"](),
    finish: toOutcome,
    reply: () => {},
  });
  if (!ignores) return source;
  const isListed = (event: EventBridgeEvent<string, unknown>) => decoders.has(event["detail-type"]);
  return {
    ...source,
    serve: (chain) => {
      const serve = source.serve(chain);
      return async (event, invocation) => (isListed(event) ? serve(event, invocation) : undefined);
    },
    deliveries: (event, lambda) => (isListed(event) ? source.deliveries(event, lambda) : []),
  };
}

/**
 * The codec for an event that a rule has put into a queue, a topic or a stream: the same as `eventBridge({ detail })`
 * gives.
 *
 * @param detail What the detail must be: a schema, or an object with a schema for each detail type.
 * @throws {TypeError} At load, when `detail` is neither.
 * @example
 * export const handler = wrap(sqs({ body: fromEventBridge(Placed) }), async ({ body }) => ship(body.detail.address));
 */
export function fromEventBridge<const Detail extends Schema<unknown> | DetailMap = Schema<unknown>>(
  detail?: Detail,
): Codec<BusEventOf<Detail>> {
  const envelope = json();
  const decoders = toDetailDecoders(detail, "fromEventBridge(detail)", false);
  return codec((raw, part) => {
    const event = envelope["~decode"](raw, part);
    if (!isBusEvent(event)) {
      throw new PayloadError({
        part,
        problem: `is no EventBridge event ("detail-type", source and detail); a rule's input transformer or input path may have changed it`,
      });
    }
    return new BusEventItem(event, decoders.of(event["detail-type"]))["~decode"]() as unknown as BusEventOf<Detail>;
  });
}

// Every member is read with care: the types of AWS promise what anybody can send in a test.
class BusEventItem extends PayloadItem<EventBridgeEvent<string, unknown>, unknown, unknown> implements BusEvent<string, unknown> {
  readonly detailType: string;

  constructor(raw: EventBridgeEvent<string, unknown>, decoder: DetailDecoder) {
    super(raw, decoder);
    this.detailType = raw["detail-type"];
  }

  get detail(): unknown {
    return this.payload();
  }

  get id(): string {
    return textOf(this.raw.id);
  }

  get source(): string {
    return this.raw.source;
  }

  get time(): Date {
    return new Date(textOf(this.raw.time));
  }

  get account(): string {
    return textOf(this.raw.account);
  }

  get region(): string {
    return textOf(this.raw.region);
  }

  get resources(): readonly string[] {
    const resources: unknown = this.raw.resources;
    return Array.isArray(resources) ? (resources as readonly string[]) : [];
  }

  get replayName(): string | undefined {
    return textOf(this.raw["replay-name"]) || undefined;
  }

  protected encoded(): unknown {
    return this.raw.detail;
  }
}
