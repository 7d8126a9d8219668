import { type DeadlineOptions, type Ignored, type Kind, type Payload, PayloadError, type Schema, type Source } from "@lamella/core";
import { checkSchema, singleSource, toDecode, toOutcome, validate } from "@lamella/core/extend";
import { isObject } from "./internal/is-object.ts";
import { LateItem, LateValue } from "./internal/late-value.ts";

/**
 * What a rule of AWS IoT selected from a message.
 *
 * AWS: "Lambda" among the rule actions, "AWS IoT SQL reference".
 */
export interface RuleMessage<out Content, out Data> {
  /** What the rule selected, and what the `payload` option makes of it. */
  readonly payload: Content;
  /** What the `data` option makes of the member `data`, which the rule has encoded; `undefined` without that option. */
  readonly data: Data;
  /** `topic() AS topic` in the rule. */
  readonly topic: string | undefined;
  /** `clientid() AS clientId` in the rule. */
  readonly clientId: string | undefined;
  /** `timestamp() AS timestamp` in the rule. */
  readonly at: Date | undefined;
  /** The event as the rule sent it. */
  readonly raw: unknown;
}

export interface IotKind<Content, Data> extends Kind {
  readonly event: unknown;
  readonly reply: void;
  readonly item: RuleMessage<Content, Data>;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface IotOptions<Content, Data> extends DeadlineOptions {
  /** What the rule's output must be. @default any JSON, as it came */
  readonly payload?: Schema<Content> | undefined;
  /** What the base64 text under `data` must be: a codec of the bytes, or a schema for JSON. @default `data` is not read */
  readonly data?: Payload<Data> | undefined;
}

/**
 * The source for rules of AWS IoT Core with a Lambda action. The event is what the rule selects, which may be any JSON,
 * so it takes every event. IoT does not wait, and wants no reply; a function that rejects is called again, twice by
 * default.
 *
 * AWS: "Lambda" among the rule actions of the AWS IoT Core developer guide.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * // SELECT encode(*, 'base64') AS data, topic() AS topic FROM 'sensors/+/raw'
 * export const handler = wrap(iot({ data: codec(toReading) }), async ({ topic, data }) => store(topic, data));
 */
export function iot<Content = unknown, Data = undefined>(options: IotOptions<Content, Data> = {}): Source<IotKind<Content, Data>> {
  const { payload, data } = options;
  if (payload !== undefined) checkSchema(payload, "iot({ payload })");
  const decodeData = data === undefined ? undefined : toDecode(data, "iot({ data })");
  const decode = (raw: unknown): Decoded<Content, Data> | Promise<Decoded<Content, Data>> => {
    const content = payload === undefined ? (raw as Content) : validate(payload, raw, "payload");
    const decoded = decodeData === undefined ? (undefined as Data) : decodeData(bytesOf(raw), "data");
    if (content instanceof Promise || decoded instanceof Promise)
      return Promise.all([content, decoded]).then(([first, second]) => ({ payload: first, data: second }));
    return { payload: content, data: decoded };
  };
  return singleSource<IotKind<Content, Data>, IotMessage<Content, Data>>({
    name: "iot",
    expects: "any event",
    accepts: () => true,
    options,
    item: (raw) => new IotMessage(raw, decode),
    delivery: (_event, lambda) => ({ id: lambda.awsRequestId ?? "", index: 0, source: "iot", attempt: undefined }),
    decode: (item) => item["~decode"](),
    finish: () => toOutcome(undefined),
    reply: () => undefined,
  });
}

interface Decoded<Content, Data> {
  readonly payload: Content;
  readonly data: Data;
}

function bytesOf(raw: unknown): Uint8Array {
  const data: unknown = isObject(raw) ? raw["data"] : undefined;
  if (typeof data !== "string")
    throw new PayloadError({
      part: "data",
      problem: `is ${data === undefined ? "missing" : `of type ${typeof data}, where base64 was expected`}`,
    });
  return Buffer.from(data, "base64");
}

class IotMessage<Content, Data> extends LateItem implements RuleMessage<Content, Data> {
  readonly raw: unknown;
  protected override readonly late: LateValue<Decoded<Content, Data>>;

  constructor(raw: unknown, decode: (raw: unknown) => Decoded<Content, Data> | Promise<Decoded<Content, Data>>) {
    super();
    this.raw = raw;
    this.late = new LateValue("payload", () => decode(raw));
  }

  get payload(): Content {
    return this.late.value.payload;
  }

  get data(): Data {
    return this.late.value.data;
  }

  get topic(): string | undefined {
    return this.#text("topic");
  }

  get clientId(): string | undefined {
    return this.#text("clientId");
  }

  get at(): Date | undefined {
    const timestamp = isObject(this.raw) ? this.raw["timestamp"] : undefined;
    return typeof timestamp === "number" ? new Date(timestamp) : undefined;
  }

  #text(name: string): string | undefined {
    const value = isObject(this.raw) ? this.raw[name] : undefined;
    return typeof value === "string" ? value : undefined;
  }
}
