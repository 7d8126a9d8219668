import type { DeadlineOptions, Kind, LambdaContext, Outcome, Schema, Source } from "@lamella/core";
import { hasCode, OutputError } from "@lamella/core";
import { checkSchema, mustBe, type OutputOutcome, remainingMsOf, sendingSource, toOutcome } from "@lamella/core/extend";
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from "aws-lambda";
import { putAnswer } from "./custom-resource/put-answer.ts";
import { reasonOf, tell } from "./custom-resource/reason-of.ts";
import { checkPhysicalId, neverCreatedIdOf, toFailure, toSuccess } from "./custom-resource/resource-answer.ts";
import { isNeverCreated, ResourceItem, toContentsDecoder } from "./custom-resource/resource-item.ts";

// AWS's types, or users' declarations could not name them.
export type { CloudFormationCustomResourceEvent } from "aws-lambda";
export { AnswerNotDeliveredError } from "./errors/answer-not-delivered-error.ts";

/** What every request says of its resource. */
export interface ResourceRequestBase {
  /** The resource's name in the template. */
  readonly logicalId: string;
  /** Such as `Custom::Certificate`. */
  readonly resourceType: string;
  readonly stackId: string;
  readonly stackName: string;
  /** The same where Lambda runs the function again for one request. */
  readonly requestId: string;
  /** The event as CloudFormation sent it. */
  readonly raw: CloudFormationCustomResourceEvent;
}

/** The resource is to be made. */
export interface CreateRequest<out Properties> extends ResourceRequestBase {
  readonly requestType: "Create";
  /** The id that is answered when the handler gives none: of stack and logical id, the same at every try. */
  readonly physicalId: string;
  readonly properties: Properties;
  readonly oldProperties: undefined;
}

/** The resource is to be changed. An answer with another id makes CloudFormation delete the one of `physicalId` later. */
export interface UpdateRequest<out Properties> extends ResourceRequestBase {
  readonly requestType: "Update";
  readonly physicalId: string;
  readonly properties: Properties;
  /** What they were before; `undefined` where that does not fit the schema any more. */
  readonly oldProperties: Properties | undefined;
}

/** The resource is to be removed; one that is gone already is a success. */
export interface DeleteRequest<out Properties> extends ResourceRequestBase {
  readonly requestType: "Delete";
  readonly physicalId: string;
  /** `undefined` where they do not fit the schema any more: that must not keep a stack from being deleted. */
  readonly properties: Properties | undefined;
  readonly oldProperties: undefined;
}

/**
 * A request of CloudFormation for a custom resource.
 *
 * AWS: "Custom resource request objects".
 */
export type ResourceRequest<Properties> = CreateRequest<Properties> | UpdateRequest<Properties> | DeleteRequest<Properties>;

/**
 * What a handler answers.
 *
 * AWS: "Custom resource response objects".
 */
export interface ResourceAnswer {
  /** The resource's id, at most 1,024 bytes. On a Delete it is not read. @default the request's `physicalId` */
  readonly physicalId?: string | undefined;
  /** What the template gets with `Fn::GetAtt`. The whole answer may have 4,096 bytes. */
  readonly data?: object | undefined;
  /** Whether CloudFormation masks `data` where it shows it. @default false */
  readonly noEcho?: boolean | undefined;
}

/** What a handler may return. */
export type ResourceResult = ResourceAnswer | undefined | void;

export interface CustomResourceKind<Properties> extends Kind {
  readonly event: CloudFormationCustomResourceEvent;
  readonly reply: void;
  readonly item: ResourceRequest<Properties>;
  readonly context: unknown;
  readonly output: ResourceResult;
}

export interface CustomResourceOptions<Properties> extends DeadlineOptions {
  /**
   * What the properties must be. CloudFormation sends numbers and booleans as strings: `z.coerce.number()`,
   * `z.stringbool()`. `ServiceToken` and `ServiceTimeout` are not among them.
   * @default an object of anything
   */
  readonly properties?: Schema<Properties> | undefined;
  /**
   * What becomes of the Delete that CloudFormation sends after a Create whose handler failed: `skip`, it succeeds at
   * once; `run`, the handler is called with the `physicalId` that it had in the Create, to clean up what it had begun.
   * Where the handler was not started, the Delete always succeeds at once.
   * @default "skip"
   */
  readonly afterFailedCreate?: "skip" | "run" | undefined;
  /**
   * What CloudFormation is told of an error; everyone who may see the stack can read it.
   * @default its name and message
   */
  readonly reason?: ((error: unknown) => string) | undefined;
}

/** How long before the timeout a failure is answered: a new TLS connection and a second try fit in. */
const SENDS_MS = 1_500;

/** The outcome of a request that failed. */
class Failed {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * The source for CloudFormation's custom resources. Whatever happens, CloudFormation gets an answer: also when the
 * handler or a layer throws, when the properties do not fit, and before the function's timeout.
 *
 * The invocation resolves once the answer is delivered, so that Lambda does not run it again.
 *
 * AWS: "Custom resource request objects", "Custom resource response objects".
 *
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(customResource({ properties: Site }), handlers({ create, update, delete: remove }));
 */
export function customResource<Properties = Readonly<Record<string, unknown>>>(
  options: CustomResourceOptions<Properties> = {},
): Source<CustomResourceKind<Properties>> {
  const { properties, afterFailedCreate = "skip", reason = reasonOf } = options;
  if (properties !== undefined) checkSchema(properties, "customResource({ properties })");
  mustBe(["skip", "run"].includes(afterFailedCreate), "customResource({ afterFailedCreate })", `"skip" or "run"`, afterFailedCreate);
  mustBe(typeof reason === "function", "customResource({ reason })", "a function", reason);
  const decoder = toContentsDecoder(properties);
  type Item = ResourceItem<Properties> & ResourceRequest<Properties>;

  const source = sendingSource<CustomResourceKind<Properties>, Item>({
    name: "customResource",
    expects: "a CloudFormation custom resource event (RequestType, ResponseURL, StackId, RequestId and LogicalResourceId)",
    accepts: isCustomResourceEvent,
    options,
    sendsMs: SENDS_MS,
    // One class for all request types; `requestType` tells what the others can be.
    item: (event) => new ResourceItem(event, decoder) as Item,
    delivery: ({ RequestId: id }) => ({ id, index: 0, source: "customResource", attempt: undefined }),
    decode: async (item) => {
      const decoded = await item["~decode"]();
      item["~mayHaveRun"] = true;
      return decoded;
    },
    finish,
    rescue: (error) => (hasCode(error, "LAMELLA_ANSWER_NOT_DELIVERED") ? undefined : toOutcome(new Failed(tell(reason, error)))),
    send: (outcome, item, lambda) => send(item.raw, toBody(outcome, item, lambda), lambda),
  });

  function toBody(outcome: Outcome<never>, item: Item, lambda: LambdaContext): string {
    const { output } = outcome as OutputOutcome;
    if (!(output instanceof Failed)) return toSuccess(successOf(item, output as ResourceAnswer));
    const where = lambda.logStreamName === undefined ? "" : ` (logs: ${lambda.logGroupName} ${lambda.logStreamName})`;
    return toFailure({ ...echoOf(item.raw, failedIdOf(item)), Status: "FAILED", Reason: "" }, output.reason, where);
  }

  /** The id of a resource whose request failed. Another one than before would make CloudFormation delete what is there. */
  function failedIdOf(item: Item): string {
    if (item.requestType !== "Create") return item.physicalId;
    if (item["~createdId"] !== undefined) return item["~createdId"];
    return afterFailedCreate === "run" && item["~mayHaveRun"] ? item.physicalId : neverCreatedIdOf(item.raw);
  }

  return {
    ...source,
    // Before everything else, layers' hooks too: what failed the Create would fail its Delete as well.
    serve: (chain) => {
      const serve = source.serve(chain);
      return (event, invocation) => (isNeverCreated(event) ? skip(event, invocation.lambda) : serve(event, invocation));
    },
    guard: (run, event, invocation, serve) =>
      isNeverCreated(event) ? skip(event, invocation.lambda) : (source.guard?.(run, event, invocation, serve) ?? run(serve)),
  };
}

// What an answer needs. A request without it cannot be answered at all.
const MARKS = ["RequestType", "ResponseURL", "StackId", "RequestId", "LogicalResourceId"] as const;

function isCustomResourceEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null) return false;
  const members = event as Readonly<Record<string, unknown>>;
  const url = members["ResponseURL"];
  return MARKS.every((name) => typeof members[name] === "string") && /^https?:/.test(url as string) && URL.canParse(url as string);
}

/** What a handler returned, with the id that is answered. */
function finish<Properties>(returned: unknown, item: ResourceItem<Properties> & ResourceRequest<Properties>): Outcome<never> {
  const answer = (returned ?? {}) as ResourceAnswer;
  // The handler succeeded, so there is something to delete, whatever is wrong with its answer.
  item["~createdId"] = item.physicalId;
  if (typeof answer !== "object" || Array.isArray(answer)) throw new OutputError({ part: "answer", problem: "is no object" });
  const { physicalId = item.physicalId, data, noEcho } = answer;
  if (item.requestType === "Delete") return toOutcome({ physicalId: item.physicalId });
  if (physicalId !== item.physicalId) checkPhysicalId(physicalId);
  item["~createdId"] = physicalId;
  if (data !== undefined && (typeof data !== "object" || data === null || Array.isArray(data)))
    throw new OutputError({ part: "data", problem: "is no object" });
  const outcome = { physicalId, data, noEcho };
  toSuccess(successOf(item, outcome));
  return toOutcome(outcome);
}

function successOf(
  item: { readonly raw: CloudFormationCustomResourceEvent; readonly physicalId: string },
  answer: ResourceAnswer,
): CloudFormationCustomResourceResponse {
  const { physicalId = item.physicalId, data, noEcho } = answer;
  return { ...echoOf(item.raw, physicalId), Status: "SUCCESS", NoEcho: noEcho, Data: data };
}

/** What an answer says of its request, as it came. */
function echoOf(raw: CloudFormationCustomResourceEvent, physicalId: string) {
  return { PhysicalResourceId: physicalId, StackId: raw.StackId, RequestId: raw.RequestId, LogicalResourceId: raw.LogicalResourceId };
}

function send(raw: CloudFormationCustomResourceEvent, body: string, lambda: LambdaContext): Promise<void> {
  return putAnswer(raw.ResponseURL, body, () => remainingMsOf(lambda));
}

/** Answers the Delete of what never came to be. */
function skip(raw: CloudFormationCustomResourceEvent, lambda: LambdaContext): Promise<void> {
  return send(raw, toSuccess({ ...echoOf(raw, neverCreatedIdOf(raw)), Status: "SUCCESS" }), lambda);
}

/** What to do with each type of request. */
export interface ResourceHandlers<in Properties, in Ctx> {
  readonly create: (request: CreateRequest<Properties>, ctx: Ctx) => ResourceResult | Promise<ResourceResult>;
  readonly update: (request: UpdateRequest<Properties>, ctx: Ctx) => ResourceResult | Promise<ResourceResult>;
  readonly delete: (request: DeleteRequest<Properties>, ctx: Ctx) => ResourceResult | Promise<ResourceResult>;
}

/**
 * Makes one handler of three.
 *
 * @throws {TypeError} At load, when one is missing.
 * @example
 * handlers({ create: async ({ properties }) => ({ physicalId: await issue(properties) }), update, delete: revoke });
 */
export function handlers<Properties, Ctx>(
  each: ResourceHandlers<Properties, Ctx>,
): (request: ResourceRequest<Properties>, ctx: Ctx) => Promise<ResourceResult> {
  for (const name of ["create", "update", "delete"] as const)
    mustBe(typeof each[name] === "function", `handlers({ ${name} })`, "a function", each[name]);
  return async (request, ctx) => {
    if (request.requestType === "Create") return each.create(request, ctx);
    return request.requestType === "Update" ? each.update(request, ctx) : each.delete(request, ctx);
  };
}
