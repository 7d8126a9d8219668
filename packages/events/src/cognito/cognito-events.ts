import type {
  CreateAuthChallengeTriggerEvent as AwsCreateAuthChallenge,
  DefineAuthChallengeTriggerEvent as AwsDefineAuthChallenge,
  BasePreTokenGenerationV2TriggerEvent,
} from "aws-lambda";

// The events for which @types/aws-lambda lags behind AWS's guide. What AWS's types describe fits them all the same, so
// that a wrapped handler is a handler of AWS's types.

/**
 * A challenge of Cognito's, in a custom authentication flow.
 *
 * AWS: "Define auth challenge Lambda trigger".
 */
export type CognitoChallengeName =
  | "ADMIN_NO_SRP_AUTH"
  | "CUSTOM_CHALLENGE"
  | "DEVICE_PASSWORD_VERIFIER"
  | "DEVICE_SRP_AUTH"
  | "EMAIL_OTP"
  | "PASSWORD_VERIFIER"
  | "SMS_MFA"
  | "SOFTWARE_TOKEN_MFA"
  | "SRP_A";

/** A challenge that the user has answered, rightly or not. */
export interface CognitoChallengeResult {
  readonly challengeName: CognitoChallengeName;
  readonly challengeResult: boolean;
  readonly challengeMetadata?: string | undefined;
}

/**
 * Decides which challenge comes next, or that the user is in or out.
 *
 * AWS: "Define auth challenge Lambda trigger".
 */
export interface DefineAuthChallengeEvent extends Omit<AwsDefineAuthChallenge, "request" | "response"> {
  request: Omit<AwsDefineAuthChallenge["request"], "session"> & { readonly session: readonly CognitoChallengeResult[] };
  response: {
    challengeName?: CognitoChallengeName | (string & {}) | undefined;
    failAuthentication: boolean;
    issueTokens: boolean;
  };
}

/**
 * Makes a challenge.
 *
 * AWS: "Create auth challenge Lambda trigger".
 */
export interface CreateAuthChallengeEvent extends Omit<AwsCreateAuthChallenge, "request"> {
  request: Omit<AwsCreateAuthChallenge["request"], "session"> & { readonly session: readonly CognitoChallengeResult[] };
}

/** What a claim may be: since version 2 of the event any JSON, not text alone. */
export type ClaimValue = string | number | boolean | null | readonly ClaimValue[] | { readonly [name: string]: ClaimValue };

/** What is changed in one token. */
export interface TokenChanges {
  readonly claimsToAddOrOverride?: Readonly<Record<string, ClaimValue>> | undefined;
  readonly claimsToSuppress?: readonly string[] | undefined;
}

export interface AccessTokenChanges extends TokenChanges {
  readonly scopesToAdd?: readonly string[] | undefined;
  readonly scopesToSuppress?: readonly string[] | undefined;
}

/** What is changed in both tokens. */
export interface ClaimsAndScopes {
  readonly idTokenGeneration?: TokenChanges | undefined;
  readonly accessTokenGeneration?: AccessTokenChanges | undefined;
  readonly groupOverrideDetails?:
    | {
        readonly groupsToOverride?: readonly string[] | undefined;
        readonly iamRolesToOverride?: readonly string[] | undefined;
        readonly preferredRole?: string | undefined;
      }
    | undefined;
}

type UserTokenSource =
  | "TokenGeneration_Authentication"
  | "TokenGeneration_AuthenticateDevice"
  | "TokenGeneration_HostedAuth"
  | "TokenGeneration_NewPasswordChallenge"
  | "TokenGeneration_RefreshTokens";

interface TokenEvent<Source extends string> extends Omit<BasePreTokenGenerationV2TriggerEvent<Source>, "response"> {
  response: { claimsAndScopeOverrideDetails: ClaimsAndScopes };
}

/**
 * Before tokens are made for a user, version 2 of the event: the identity and the access token.
 *
 * AWS: "Pre token generation Lambda trigger".
 */
export interface PreTokenGenerationV2Event extends TokenEvent<UserTokenSource> {}

/**
 * Before tokens are made, version 3 of the event: as version 2, for machines as well (client credentials).
 *
 * AWS: "Pre token generation Lambda trigger".
 */
export interface PreTokenGenerationV3Event extends TokenEvent<UserTokenSource | "TokenGeneration_ClientCredentials"> {}
