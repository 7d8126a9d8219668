/** A parameter of an action; the value is text, whatever its type. */
export interface BedrockAgentParameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

interface BedrockAgentEventBase {
  readonly messageVersion: string;
  readonly agent: { readonly name: string; readonly id: string; readonly alias: string; readonly version: string };
  readonly inputText: string;
  readonly sessionId: string;
  readonly actionGroup: string;
  readonly parameters?: readonly BedrockAgentParameter[] | undefined;
  readonly sessionAttributes: Readonly<Record<string, string>>;
  readonly promptSessionAttributes: Readonly<Record<string, string>>;
}

/** The event of an action group that is defined with function details. */
export interface BedrockAgentFunctionEvent extends BedrockAgentEventBase {
  readonly function: string;
}

/** The event of an action group that is defined with an API schema. */
export interface BedrockAgentApiEvent extends BedrockAgentEventBase {
  readonly apiPath: string;
  readonly httpMethod: string;
  readonly requestBody?:
    | { readonly content: Readonly<Record<string, { readonly properties: readonly BedrockAgentParameter[] }>> }
    | undefined;
}

/**
 * What an agent of Amazon Bedrock sends.
 *
 * AWS: "Configure Lambda functions to send information that an Amazon Bedrock agent elicits from the user".
 */
export type BedrockAgentEvent = BedrockAgentApiEvent | BedrockAgentFunctionEvent;

/** How an agent is to query a knowledge base from now on. */
export interface KnowledgeBaseConfiguration {
  readonly knowledgeBaseId: string;
  readonly retrievalConfiguration: {
    readonly vectorSearchConfiguration: {
      readonly numberOfResults?: number | undefined;
      readonly overrideSearchType?: "HYBRID" | "SEMANTIC" | undefined;
      readonly filter?: Readonly<Record<string, unknown>> | undefined;
    };
  };
}

type Bodies = Readonly<Record<string, { readonly body: string }>>;

/** What an agent of Amazon Bedrock wants to be replied. */
export interface BedrockAgentReply {
  readonly messageVersion: "1.0";
  readonly response:
    | {
        readonly actionGroup: string;
        readonly function: string;
        readonly functionResponse: { readonly responseState?: "FAILURE" | "REPROMPT" | undefined; readonly responseBody: Bodies };
      }
    | {
        readonly actionGroup: string;
        readonly apiPath: string;
        readonly httpMethod: string;
        readonly httpStatusCode: number;
        readonly responseBody: Bodies;
      };
  readonly sessionAttributes: Readonly<Record<string, string>>;
  readonly promptSessionAttributes: Readonly<Record<string, string>>;
  readonly knowledgeBasesConfiguration?: readonly KnowledgeBaseConfiguration[] | undefined;
}
