interface AnyRequest {
  readonly messageVersion: "1.0";
  readonly agent: { readonly name: string; readonly id: string; readonly alias: string; readonly version: string };
  readonly inputText: string;
  readonly sessionId: string;
  readonly actionGroup: string;
  readonly parameters: readonly BedrockAgentInput[];
  readonly sessionAttributes: Readonly<Record<string, string>>;
  readonly promptSessionAttributes: Readonly<Record<string, string>>;
}

/** What an agent sends to an action group that is defined with function details. */
export interface BedrockAgentFunctionRequest extends AnyRequest {
  readonly function: string;
}

/** What an agent sends to an action group that is defined with an API schema. */
export interface BedrockAgentApiRequest extends AnyRequest {
  readonly apiPath: string;
  readonly httpMethod: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly properties: readonly BedrockAgentInput[] }>> };
}

/** A parameter with its declared type. */
export interface BedrockAgentInput {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** What a test says of an action; the rest is made up, and the same in every run. */
export interface BedrockAgentEventInput {
  /** The function, or method and path of an API schema, such as `GET /orders/{id}`. @default "getOrder" */
  readonly operation?: string | undefined;
  /** Parameters by name; their JavaScript types say which they are declared with. */
  readonly input?: Readonly<Record<string, unknown>> | undefined;
  /** Members of the request body by name, for an API schema. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly actionGroup?: string | undefined;
  readonly inputText?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly sessionAttributes?: Readonly<Record<string, string>> | undefined;
  readonly promptSessionAttributes?: Readonly<Record<string, string>> | undefined;
}

/**
 * The event of an agent's action: what `bedrockAgent()` opens.
 *
 * AWS: "Configure Lambda functions to send information that an Amazon Bedrock agent elicits from the user".
 *
 * @example
 * bedrockAgentEvent({ operation: "getOrder", input: { id: "order-1", quantity: 2 } });
 */
export function bedrockAgentEvent(input: BedrockAgentEventInput = {}): BedrockAgentApiRequest | BedrockAgentFunctionRequest {
  const { operation = "getOrder", actionGroup = "orders", inputText = "Where is my order?", sessionId = "session-1" } = input;
  const [method = "", path] = operation.split(" ");
  const common = {
    messageVersion: "1.0",
    agent: { name: "shop", id: "AGENT12345", alias: "TSTALIASID", version: "DRAFT" },
    inputText,
    sessionId,
    actionGroup,
    parameters: toParameters(input.input),
    sessionAttributes: { ...input.sessionAttributes },
    promptSessionAttributes: { ...input.promptSessionAttributes },
  } as const;
  if (path === undefined) return { ...common, function: operation };
  const body =
    input.body === undefined ? {} : { requestBody: { content: { "application/json": { properties: toParameters(input.body) } } } };
  return { ...common, apiPath: path, httpMethod: method, ...body };
}

function toParameters(values: Readonly<Record<string, unknown>> = {}): BedrockAgentInput[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    type: typeof value === "object" ? (Array.isArray(value) ? "array" : "object") : typeof value,
    value: typeof value === "string" ? value : JSON.stringify(value),
  }));
}
