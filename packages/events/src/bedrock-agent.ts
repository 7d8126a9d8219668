import {
  type DeadlineOptions,
  hasCode,
  type Kind,
  type LamellaError,
  OutputError,
  type PayloadError,
  type Schema,
  type Source,
  type ValueOf,
} from "@lamella/core";
import { checkSchema, isSchema, type OutputOutcome, singleSource, toOutcome, toPointer, validate } from "@lamella/core/extend";
import type {
  BedrockAgentEvent,
  BedrockAgentFunctionEvent,
  BedrockAgentReply,
  KnowledgeBaseConfiguration,
} from "./bedrock-agent/bedrock-events.ts";
import { toInput } from "./bedrock-agent/bedrock-input.ts";
import { attributesWith } from "./internal/attributes-with.ts";
import { checkSchemas, type SchemasByName, validateByName } from "./internal/by-name.ts";
import { textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";
import { LateItem, LateValue } from "./internal/late-value.ts";

export type {
  BedrockAgentApiEvent,
  BedrockAgentEvent,
  BedrockAgentFunctionEvent,
  BedrockAgentParameter,
  BedrockAgentReply,
  KnowledgeBaseConfiguration,
} from "./bedrock-agent/bedrock-events.ts";

/** What goes along with an answer. */
export interface AnswerOptions {
  /** `FAILURE` ends the session with an error, `REPROMPT` lets the model try again. @default neither: it worked */
  readonly state?: "FAILURE" | "REPROMPT" | undefined;
  /** Attributes to set for the session; `undefined` removes one. Those that are left out stay. */
  readonly sessionAttributes?: Readonly<Record<string, string | undefined>> | undefined;
  /** The same for this turn alone. */
  readonly promptSessionAttributes?: Readonly<Record<string, string | undefined>> | undefined;
  readonly knowledgeBases?: readonly KnowledgeBaseConfiguration[] | undefined;
}

/** An answer with more to it than its body, made by `answer`. */
export interface AgentAnswer {
  readonly "~agentAnswer": AnswerOptions;
  readonly body: unknown;
}

/**
 * An action that an agent wants done.
 *
 * AWS: "Configure Lambda functions to send information that an Amazon Bedrock agent elicits from the user".
 */
export interface AgentAction<out Operation extends string, out Input> {
  /** What is asked for: the function's name, or method and path as in `GET /orders/{id}`. */
  readonly operation: Operation;
  /** The parameters and the members of the body, by name, each as its declared type, and what the schema makes of them. */
  readonly input: Input;
  readonly actionGroup: string;
  /** What the user said. */
  readonly inputText: string;
  readonly sessionId: string;
  readonly agent: BedrockAgentEvent["agent"];
  readonly sessionAttributes: Readonly<Record<string, string>>;
  readonly promptSessionAttributes: Readonly<Record<string, string>>;
  /** Answers with more than a body: a state, attributes. */
  readonly answer: (body: unknown, options?: AnswerOptions) => AgentAnswer;
  /** The event as Bedrock sent it. */
  readonly raw: BedrockAgentEvent;
}

/** With one schema or none one action, with schemas by operation a union of them. */
export type AgentActionOf<Input> = [Input] extends [never]
  ? AgentAction<string, Readonly<Record<string, unknown>>>
  : Input extends Schema<unknown>
    ? AgentAction<string, ValueOf<Input>>
    : { readonly [Name in keyof Input & string]: AgentAction<Name, ValueOf<Input[Name]>> }[keyof Input & string];

export interface BedrockAgentKind<Input> extends Kind {
  readonly event: BedrockAgentEvent;
  readonly reply: BedrockAgentReply;
  readonly item: AgentActionOf<Input>;
  readonly context: unknown;
  readonly output: unknown;
}

export interface BedrockAgentOptions<Input> extends DeadlineOptions {
  /** What the input must be: a schema, or schemas by operation (`getOrder`, `GET /orders/{id}`). @default anything */
  readonly input?: Input | undefined;
}

/**
 * The source for action groups of Amazon Bedrock agents. What the handler returns is the body: text as it is, anything
 * else as JSON.
 *
 * Input that does not fit is answered so that the model tries again: with `REPROMPT`, or status 400 for an API schema.
 * Anything else that is thrown rejects, and the agent reports a failed dependency.
 *
 * AWS: "Configure Lambda functions to send information that an Amazon Bedrock agent elicits from the user".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * const GetOrder = z.object({ id: z.string() });
 * const Cancel = z.object({ id: z.string(), reason: z.string().optional() });
 *
 * export const handler = wrap(bedrockAgent({ input: { getOrder: GetOrder, cancelOrder: Cancel } }), async (action) =>
 *   action.operation === "getOrder" ? find(action.input.id) : cancel(action.input.id, action.input.reason));
 */
export function bedrockAgent<const Input extends Schema<unknown> | SchemasByName = never>(
  options: BedrockAgentOptions<Input> = {},
): Source<BedrockAgentKind<Input>> {
  const decode = decoderOf(options.input);
  const source = singleSource<BedrockAgentKind<never>, Action>({
    name: "bedrockAgent",
    expects: 'an event of a Bedrock agent (messageVersion is "1.0", with actionGroup and a function or an apiPath)',
    accepts: (event) =>
      isObject(event) &&
      event["messageVersion"] === "1.0" &&
      typeof event["actionGroup"] === "string" &&
      (typeof event["function"] === "string" || typeof event["apiPath"] === "string"),
    options,
    item: (raw) => new Action(raw, decode),
    delivery: (_event, lambda) => ({ id: lambda.awsRequestId ?? "", index: 0, source: "bedrockAgent", attempt: undefined }),
    decode: (action) => action["~decode"](),
    finish: (returned) => toOutcome(isAnswer(returned) ? returned : answer(returned)),
    // What the model got wrong it can put right; the handler's own errors are not its business.
    rescue: (error) => (isBadInput(error) ? toOutcome(answer(wordsOf(error), { state: "REPROMPT" })) : undefined),
    reply: (outcome, { raw }) => toReply(raw, (outcome as OutputOutcome).output as AgentAnswer),
  });
  // Types are erased here, once: the action has what its schema gives.
  return source as unknown as Source<BedrockAgentKind<Input>>;
}

function answer(body: unknown, options: AnswerOptions = {}): AgentAnswer {
  return { "~agentAnswer": options, body };
}

function isAnswer(value: unknown): value is AgentAnswer {
  return isObject(value) && "~agentAnswer" in value;
}

type DecodeInput = (operation: string, raw: BedrockAgentEvent) => unknown;

function decoderOf(input: Schema<unknown> | SchemasByName | undefined): DecodeInput {
  if (input === undefined) return (_operation, raw) => toInput(raw);
  if (isSchema(input)) {
    checkSchema(input, "bedrockAgent({ input })");
    return (_operation, raw) => validate(input, toInput(raw), "input");
  }
  checkSchemas(input, "bedrockAgent({ input })");
  return (operation, raw) => validateByName(input, operation, toInput(raw), "input");
}

function isBadInput(error: unknown): error is PayloadError {
  return hasCode(error, "LAMELLA_PAYLOAD") && (error as LamellaError & { readonly part?: unknown }).part === "input";
}

/** What is wrong, for the model: it wrote the input, so nothing is given away. */
function wordsOf({ issues }: PayloadError): string {
  const places = issues.slice(0, 10).map(({ path, message }) => `${toPointer(path).slice(1).replaceAll("/", ".") || "input"}: ${message}`);
  return `The input is not valid. ${places.join("; ")}`;
}

/** Told by a name that is text, as `accepts` does: a malformed event may have both. */
function isFunction(event: BedrockAgentEvent): event is BedrockAgentFunctionEvent {
  return typeof (event as Partial<BedrockAgentFunctionEvent>).function === "string";
}

function toReply(event: BedrockAgentEvent, { body, "~agentAnswer": options }: AgentAnswer): BedrockAgentReply {
  const { actionGroup } = event;
  const { state } = options;
  const text = typeof body === "string" && isFunction(event) ? body : toJson(body);
  return {
    messageVersion: "1.0",
    response: isFunction(event)
      ? {
          actionGroup,
          function: event.function,
          functionResponse: { ...(state !== undefined && { responseState: state }), responseBody: { TEXT: { body: text } } },
        }
      : {
          actionGroup,
          apiPath: event.apiPath,
          httpMethod: event.httpMethod,
          httpStatusCode: state === undefined ? 200 : state === "REPROMPT" ? 400 : 500,
          responseBody: { "application/json": { body: text } },
        },
    sessionAttributes: attributesWith(event.sessionAttributes, options.sessionAttributes),
    promptSessionAttributes: attributesWith(event.promptSessionAttributes, options.promptSessionAttributes),
    ...(options.knowledgeBases !== undefined && { knowledgeBasesConfiguration: options.knowledgeBases }),
  };
}

function toJson(body: unknown): string {
  try {
    // Nothing is an empty object: the agent wants a body.
    return JSON.stringify(body ?? {}) ?? "{}";
  } catch (cause) {
    throw new OutputError({ part: "body", problem: "is no JSON", cause });
  }
}

class Action extends LateItem implements AgentAction<string, Readonly<Record<string, unknown>>> {
  readonly raw: BedrockAgentEvent;
  readonly answer: (body: unknown, options?: AnswerOptions) => AgentAnswer = answer;
  protected override readonly late: LateValue<unknown>;

  constructor(raw: BedrockAgentEvent, decode: DecodeInput) {
    super();
    this.raw = raw;
    this.late = new LateValue("input", () => decode(this.operation, raw));
  }

  get operation(): string {
    return isFunction(this.raw) ? this.raw.function : `${textOf(this.raw.httpMethod).toUpperCase()} ${this.raw.apiPath}`;
  }

  get input(): Readonly<Record<string, unknown>> {
    return this.late.value as Readonly<Record<string, unknown>>;
  }

  get actionGroup(): string {
    return this.raw.actionGroup;
  }

  get inputText(): string {
    return textOf(this.raw.inputText);
  }

  get sessionId(): string {
    return textOf(this.raw.sessionId);
  }

  get agent(): BedrockAgentEvent["agent"] {
    return this.raw.agent ?? { name: "", id: "", alias: "", version: "" };
  }

  get sessionAttributes(): Readonly<Record<string, string>> {
    return this.raw.sessionAttributes ?? {};
  }

  get promptSessionAttributes(): Readonly<Record<string, string>> {
    return this.raw.promptSessionAttributes ?? {};
  }
}
