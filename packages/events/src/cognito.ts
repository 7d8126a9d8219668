import { type DeadlineOptions, type Kind, OutputError, type Source } from "@lamella/core";
import { mustBe, type OutputOutcome, singleSource, toOutcome } from "@lamella/core/extend";
import type {
  CustomEmailSenderTriggerEvent,
  CustomMessageTriggerEvent,
  CustomSMSSenderTriggerEvent,
  InboundFederationTriggerEvent,
  PostAuthenticationTriggerEvent,
  PostConfirmationTriggerEvent,
  PreAuthenticationTriggerEvent,
  PreSignUpTriggerEvent,
  PreTokenGenerationTriggerEvent,
  UserMigrationTriggerEvent,
  VerifyAuthChallengeResponseTriggerEvent,
} from "aws-lambda";
import type {
  CreateAuthChallengeEvent,
  DefineAuthChallengeEvent,
  PreTokenGenerationV2Event,
  PreTokenGenerationV3Event,
} from "./cognito/cognito-events.ts";
import { maybeText, textOf } from "./internal/fields.ts";
import { isObject } from "./internal/is-object.ts";

// AWS's types, or users' declarations could not name them.
export type {
  CustomEmailSenderTriggerEvent,
  CustomMessageTriggerEvent,
  CustomSMSSenderTriggerEvent,
  InboundFederationTriggerEvent,
  PostAuthenticationTriggerEvent,
  PostConfirmationTriggerEvent,
  PreAuthenticationTriggerEvent,
  PreSignUpTriggerEvent,
  PreTokenGenerationTriggerEvent,
  UserMigrationTriggerEvent,
  VerifyAuthChallengeResponseTriggerEvent,
} from "aws-lambda";
export type {
  AccessTokenChanges,
  ClaimsAndScopes,
  ClaimValue,
  CognitoChallengeName,
  CognitoChallengeResult,
  CreateAuthChallengeEvent,
  DefineAuthChallengeEvent,
  PreTokenGenerationV2Event,
  PreTokenGenerationV3Event,
  TokenChanges,
} from "./cognito/cognito-events.ts";

/** The events of a user pool's triggers, by the names that `cognito` takes. */
export interface CognitoTriggers {
  readonly preSignUp: PreSignUpTriggerEvent;
  readonly postConfirmation: PostConfirmationTriggerEvent;
  readonly preAuthentication: PreAuthenticationTriggerEvent;
  readonly postAuthentication: PostAuthenticationTriggerEvent;
  /** Version 1 of the event (`V1_0`): the identity token alone. */
  readonly preTokenGeneration: PreTokenGenerationTriggerEvent;
  /** Version 2 of the event (`V2_0`): the identity and the access token. */
  readonly preTokenGenerationV2: PreTokenGenerationV2Event;
  /** Version 3 of the event (`V3_0`): as version 2, and machines' tokens as well. */
  readonly preTokenGenerationV3: PreTokenGenerationV3Event;
  readonly defineAuthChallenge: DefineAuthChallengeEvent;
  readonly createAuthChallenge: CreateAuthChallengeEvent;
  readonly verifyAuthChallengeResponse: VerifyAuthChallengeResponseTriggerEvent;
  readonly userMigration: UserMigrationTriggerEvent;
  readonly customMessage: CustomMessageTriggerEvent;
  readonly customEmailSender: CustomEmailSenderTriggerEvent;
  readonly customSmsSender: CustomSMSSenderTriggerEvent;
  readonly inboundFederation: InboundFederationTriggerEvent;
}

/** What all events of a user pool have. */
export interface TriggerEvent {
  readonly triggerSource: string;
  readonly request: unknown;
  readonly response: unknown;
}

/** An event of a user pool, as the handler gets it. */
export interface Trigger<out Event extends TriggerEvent> {
  /** What set the trigger off, such as `PreSignUp_AdminCreateUser`. */
  readonly triggerSource: Event["triggerSource"];
  /** What Cognito tells of it. */
  readonly request: Event["request"];
  /** An empty string where there is no user, as for machines' tokens. */
  readonly userName: string;
  readonly userPoolId: string;
  readonly region: string;
  /** The app client; `undefined` where none is involved, as when an administrator acts. */
  readonly clientId: string | undefined;
  /** The event as Cognito sent it. */
  readonly raw: Event;
}

/** One item type for each trigger source, so that comparing `triggerSource` narrows the request. */
export type TriggerOf<Event extends TriggerEvent> = Event extends TriggerEvent ? Trigger<Event> : never;

/** A part of a response; what is left out, or `undefined`, stays as Cognito sent it. */
export type Said<Response> = { readonly [Name in keyof Response]?: Response[Name] | undefined };

// Silence fails the user there, so a handler that forgets `return` does not compile.
type Demanding = `${"CreateAuthChallenge" | "DefineAuthChallenge" | "UserMigration" | "VerifyAuthChallengeResponse"}_${string}`;

type SaidIn<Response, Silence> = keyof Response extends never ? void : Said<Response> | Silence;

/** What the handler of a trigger may return. */
export type SaidOf<Event extends TriggerEvent> = SaidIn<Event["response"], Event["triggerSource"] extends Demanding ? never : void>;

export interface CognitoKind<Event extends TriggerEvent> extends Kind {
  readonly event: Event;
  readonly reply: Event;
  readonly item: TriggerOf<Event>;
  readonly context: unknown;
  readonly output: SaidOf<Event>;
}

/** How an event is recognised, and whether Cognito waits for the reply. */
interface Mark {
  /** What its `triggerSource` starts with. */
  readonly prefix: string;
  readonly version?: string;
  readonly isAwaited: boolean;
}

const marks: Readonly<Record<keyof CognitoTriggers, Mark>> = {
  preSignUp: { prefix: "PreSignUp_", isAwaited: true },
  postConfirmation: { prefix: "PostConfirmation_", isAwaited: true },
  preAuthentication: { prefix: "PreAuthentication_", isAwaited: true },
  postAuthentication: { prefix: "PostAuthentication_", isAwaited: true },
  preTokenGeneration: { prefix: "TokenGeneration_", version: "1", isAwaited: true },
  preTokenGenerationV2: { prefix: "TokenGeneration_", version: "2", isAwaited: true },
  preTokenGenerationV3: { prefix: "TokenGeneration_", version: "3", isAwaited: true },
  defineAuthChallenge: { prefix: "DefineAuthChallenge_", isAwaited: true },
  createAuthChallenge: { prefix: "CreateAuthChallenge_", isAwaited: true },
  verifyAuthChallengeResponse: { prefix: "VerifyAuthChallengeResponse_", isAwaited: true },
  userMigration: { prefix: "UserMigration_", isAwaited: true },
  customMessage: { prefix: "CustomMessage_", isAwaited: true },
  customEmailSender: { prefix: "CustomEmailSender_", isAwaited: false },
  customSmsSender: { prefix: "CustomSMSSender_", isAwaited: false },
  inboundFederation: { prefix: "InboundFederation_", isAwaited: true },
};

// Cognito gives up then and calls again, three times in all, whatever the function's timeout is.
const COGNITO_WAITS_MS = 5_000;

/**
 * The source for one Lambda trigger of a Cognito user pool. The handler returns what it has to say of the response; the
 * reply is a copy of the event with that in it.
 *
 * What the handler throws rejects, and stops what the user was doing. Cognito shows the error's message to the user.
 *
 * AWS: "Customizing user pool workflows with Lambda triggers".
 *
 * @throws {TypeError} At load, when there is no such trigger.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(cognito("preSignUp"), async ({ request }) => {
 *   if (!isCompanyAddress(request.userAttributes["email"])) throw new Error("Use your company's address.");
 *   return { autoConfirmUser: true, autoVerifyEmail: true };
 * });
 */
export function cognito<Name extends keyof CognitoTriggers>(
  trigger: Name,
  options: DeadlineOptions = {},
): Source<CognitoKind<CognitoTriggers[Name]>> {
  mustBe(Object.hasOwn(marks, trigger), "cognito(trigger)", `one of ${Object.keys(marks).join(", ")}`, trigger);
  const { prefix, version, isAwaited } = marks[trigger];
  const source = singleSource<CognitoKind<AnyTriggerEvent>>({
    name: "cognito",
    expects: `a user pool's event (triggerSource starts with "${prefix}"${version === undefined ? "" : `, version is "${version}"`})`,
    accepts: (event) => {
      const { triggerSource, version: got } = (event ?? {}) as Partial<AnyTriggerEvent>;
      return (
        typeof triggerSource === "string" &&
        triggerSource.startsWith(prefix) &&
        (version === undefined || got === version || got === Number(version))
      );
    },
    options,
    awaitedMs: isAwaited ? COGNITO_WAITS_MS : undefined,
    item: toTrigger,
    // Cognito names its calls no further, and calls again under another id.
    delivery: (_event, lambda) => ({ id: lambda.awsRequestId ?? "", index: 0, source: "cognito", attempt: undefined }),
    finish: toSaid,
    reply: (outcome, { raw }) => ({ ...raw, response: { ...raw.response, ...((outcome as OutputOutcome).output as object) } }),
  });
  // Types are erased here, once: `accepts` lets through this trigger's events alone.
  return source as unknown as Source<CognitoKind<CognitoTriggers[Name]>>;
}

// AWS's types promise members that events made by hand lack.
interface AnyTriggerEvent extends TriggerEvent {
  readonly version?: unknown;
  readonly userName?: string | null;
  readonly userPoolId?: string;
  readonly region?: string;
  readonly callerContext?: { readonly clientId?: string | null } | null;
  readonly request: object;
  readonly response: object;
}

function toTrigger(raw: AnyTriggerEvent): Trigger<AnyTriggerEvent> {
  const { triggerSource, userName, userPoolId, region, callerContext, request } = raw;
  return {
    triggerSource,
    request: isObject(request) ? request : {},
    userName: textOf(userName),
    userPoolId: textOf(userPoolId),
    region: textOf(region),
    clientId: maybeText(callerContext?.clientId),
    raw,
  };
}

function toSaid(returned: unknown): OutputOutcome {
  if (returned === undefined || returned === null) return toOutcome(undefined);
  if (!isObject(returned))
    throw new OutputError({ part: "response", problem: `is of type ${typeof returned}, where an object was expected` });
  if ("triggerSource" in returned)
    throw new OutputError({ part: "response", problem: "is the whole event; return the members of its response alone" });
  // What is undefined says nothing: JSON would drop the member, and with it Cognito's default.
  return toOutcome(Object.fromEntries(Object.entries(returned).filter(([, value]) => value !== undefined)));
}
