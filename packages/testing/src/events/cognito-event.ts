import type {
  BasePreTokenGenerationV3TriggerEvent,
  CreateAuthChallengeTriggerEvent,
  CustomEmailSenderTriggerEvent,
  CustomMessageTriggerEvent,
  CustomSMSSenderTriggerEvent,
  DefineAuthChallengeTriggerEvent,
  InboundFederationTriggerEvent,
  PostAuthenticationTriggerEvent,
  PostConfirmationTriggerEvent,
  PreAuthenticationTriggerEvent,
  PreSignUpTriggerEvent,
  PreTokenGenerationTriggerEvent,
  PreTokenGenerationV2TriggerEvent,
  UserMigrationTriggerEvent,
  VerifyAuthChallengeResponseTriggerEvent,
} from "aws-lambda";

/** The events that `cognitoEvent` makes, by the names of `cognito`'s triggers. */
export interface CognitoEvents {
  readonly preSignUp: PreSignUpTriggerEvent;
  readonly postConfirmation: PostConfirmationTriggerEvent;
  readonly preAuthentication: PreAuthenticationTriggerEvent;
  readonly postAuthentication: PostAuthenticationTriggerEvent;
  readonly preTokenGeneration: PreTokenGenerationTriggerEvent;
  readonly preTokenGenerationV2: PreTokenGenerationV2TriggerEvent;
  readonly preTokenGenerationV3: BasePreTokenGenerationV3TriggerEvent<
    PreTokenGenerationV2TriggerEvent["triggerSource"] | "TokenGeneration_ClientCredentials"
  >;
  readonly defineAuthChallenge: DefineAuthChallengeTriggerEvent;
  readonly createAuthChallenge: CreateAuthChallengeTriggerEvent;
  readonly verifyAuthChallengeResponse: VerifyAuthChallengeResponseTriggerEvent;
  readonly userMigration: UserMigrationTriggerEvent;
  readonly customMessage: CustomMessageTriggerEvent;
  readonly customEmailSender: CustomEmailSenderTriggerEvent;
  readonly customSmsSender: CustomSMSSenderTriggerEvent;
  readonly inboundFederation: InboundFederationTriggerEvent;
}

/** What a test says of an event; the rest is made up, and the same in every run. */
export interface CognitoEventInput<Event extends AnyEvent> {
  /** @default the most common one of the trigger */
  readonly triggerSource?: Event["triggerSource"] | undefined;
  /** Members of the request; those that are left out are made up. */
  readonly request?: Partial<Event["request"]> | undefined;
  /** What Cognito has set already. @default what Cognito sets, such as `autoConfirmUser: false` */
  readonly response?: Partial<Event["response"]> | undefined;
  /** @default "ada" */
  readonly userName?: string | undefined;
  /** @default "eu-west-1_EXAMPLE" */
  readonly userPoolId?: string | undefined;
  /** @default "1example23456789" */
  readonly clientId?: string | undefined;
}

interface AnyEvent {
  readonly triggerSource: string;
  readonly request: object;
  readonly response: object;
}

interface Default {
  readonly triggerSource: string;
  readonly version?: string;
  readonly request?: object;
  readonly response?: object;
}

const userAttributes = { sub: "6d1f5f0c-6c0e-4a3b-9d2f-0e5f3c1b2a49", email: "ada@example.com", email_verified: "false" };
const groupConfiguration = { groupsToOverride: [], iamRolesToOverride: [] };
const user = { userAttributes };
const tokens = { userAttributes, groupConfiguration };
const sender = { code: "AYADeExample", userAttributes };

const defaults: Readonly<Record<keyof CognitoEvents, Default>> = {
  preSignUp: {
    triggerSource: "PreSignUp_SignUp",
    request: user,
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  },
  postConfirmation: { triggerSource: "PostConfirmation_ConfirmSignUp", request: user },
  preAuthentication: { triggerSource: "PreAuthentication_Authentication", request: { ...user, userNotFound: false } },
  postAuthentication: { triggerSource: "PostAuthentication_Authentication", request: { ...user, newDeviceUsed: false } },
  preTokenGeneration: {
    triggerSource: "TokenGeneration_Authentication",
    request: tokens,
    response: { claimsOverrideDetails: null },
  },
  preTokenGenerationV2: {
    triggerSource: "TokenGeneration_Authentication",
    version: "2",
    request: { ...tokens, scopes: ["aws.cognito.signin.user.admin"] },
    response: { claimsAndScopeOverrideDetails: null },
  },
  preTokenGenerationV3: {
    triggerSource: "TokenGeneration_ClientCredentials",
    version: "3",
    request: { userAttributes: {}, groupConfiguration, scopes: ["orders/read"] },
    response: { claimsAndScopeOverrideDetails: null },
  },
  defineAuthChallenge: {
    triggerSource: "DefineAuthChallenge_Authentication",
    request: { ...user, session: [], userNotFound: false },
    response: { challengeName: null, issueTokens: null, failAuthentication: null },
  },
  createAuthChallenge: {
    triggerSource: "CreateAuthChallenge_Authentication",
    request: { ...user, challengeName: "CUSTOM_CHALLENGE", session: [], userNotFound: false },
    response: { publicChallengeParameters: null, privateChallengeParameters: null, challengeMetadata: null },
  },
  verifyAuthChallengeResponse: {
    triggerSource: "VerifyAuthChallengeResponse_Authentication",
    request: { ...user, privateChallengeParameters: { answer: "123456" }, challengeAnswer: "123456", userNotFound: false },
    response: { answerCorrect: null },
  },
  userMigration: {
    triggerSource: "UserMigration_Authentication",
    request: { password: "correct horse battery staple" },
    response: {
      userAttributes: null,
      finalUserStatus: null,
      messageAction: null,
      desiredDeliveryMediums: null,
      forceAliasCreation: null,
      enableSMSMFA: null,
    },
  },
  customMessage: {
    triggerSource: "CustomMessage_SignUp",
    request: { ...user, codeParameter: "{####}", linkParameter: "{##Click Here##}", usernameParameter: null },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  },
  customEmailSender: { triggerSource: "CustomEmailSender_SignUp", request: { type: "customEmailSenderRequestV1", ...sender } },
  customSmsSender: { triggerSource: "CustomSMSSender_SignUp", request: { type: "customSMSSenderRequestV1", ...sender } },
  inboundFederation: {
    triggerSource: "InboundFederation_ExternalProvider",
    request: {
      providerName: "Company",
      providerType: "OIDC",
      attributes: { idToken: { sub: "42", email: "ada@example.com" }, userInfo: { sub: "42", given_name: "Ada" } },
    },
    response: { userAttributesToMap: {} },
  },
};

/**
 * The event of a user pool's trigger: what `cognito(trigger)` opens.
 *
 * AWS: "Customizing user pool workflows with Lambda triggers".
 *
 * @example
 * cognitoEvent("preSignUp", { request: { userAttributes: { email: "ada@example.com" } } });
 */
export function cognitoEvent<Name extends keyof CognitoEvents>(
  trigger: Name,
  input?: CognitoEventInput<CognitoEvents[Name]>,
): CognitoEvents[Name];
// A signature of its own: the table has what each trigger's type says, and nulls where Cognito sends nulls, which AWS's
// types leave out.
export function cognitoEvent(trigger: keyof CognitoEvents, input: CognitoEventInput<AnyEvent> = {}): unknown {
  const { triggerSource, version = "1", request, response } = defaults[trigger];
  const { userPoolId = "eu-west-1_EXAMPLE" } = input;
  return {
    version,
    triggerSource: input.triggerSource ?? triggerSource,
    region: userPoolId.slice(0, userPoolId.indexOf("_")),
    userPoolId,
    userName: input.userName ?? "ada",
    callerContext: { awsSdkVersion: "aws-sdk-js-3.900.0", clientId: input.clientId ?? "1example23456789" },
    request: structuredClone({ ...request, ...input.request }),
    response: structuredClone({ ...response, ...input.response }),
  };
}
