import { dispatch, type ItemOf, type Lambda, layer, wrap } from "@lamella/core";
import type {
  CustomEmailSenderTriggerHandler,
  DefineAuthChallengeTriggerHandler,
  PreSignUpTriggerHandler,
  PreTokenGenerationTriggerHandler,
  PreTokenGenerationV2TriggerHandler,
  PreTokenGenerationV3TriggerHandler,
} from "aws-lambda";
import { same } from "../../core/test/same.ts";
import {
  type CustomMessageTriggerEvent,
  cognito,
  type PreSignUpTriggerEvent,
  type PreTokenGenerationV2Event,
  type PreTokenGenerationV3Event,
} from "./cognito.ts";

const signUp = wrap(cognito("preSignUp"), async ({ request, triggerSource }) => {
  same<(typeof request.userAttributes)[string], string>();
  return { autoConfirmUser: triggerSource === "PreSignUp_AdminCreateUser" };
});
same<typeof signUp, Lambda<PreSignUpTriggerEvent, PreSignUpTriggerEvent>>();
// @ts-expect-error 2345: "preSignup" is no trigger; the message lists those that there are
cognito("preSignup");
// @ts-expect-error 2322: autoConfirmUser is a boolean
wrap(cognito("preSignUp"), async () => ({ autoConfirmUser: "yes" }));
// @ts-expect-error 2345: a response of another trigger
wrap(cognito("preSignUp"), async () => ({ issueTokens: true }));
// @ts-expect-error 2345: the reply is built from the response alone
wrap(cognito("preSignUp"), async ({ raw }) => raw);
// @ts-expect-error 2367: no such source of this trigger
wrap(cognito("preSignUp"), async ({ triggerSource }) => void (triggerSource === "PostConfirmation_ConfirmSignUp"));
wrap(cognito("preSignUp", { softMs: 500, hardMs: 100 }), async () => {});
// @ts-expect-error 2353: no such option
cognito("preSignUp", { soft: 500 });

// Triggers whose response has no members.
wrap(cognito("postConfirmation"), async ({ request }) => void request.userAttributes);
// @ts-expect-error 2322: there is nothing to say to postConfirmation
wrap(cognito("postConfirmation"), async () => ({ autoConfirmUser: true }));

// Silence is allowed where Cognito goes on by itself, and not where the user would fail.
wrap(cognito("customMessage"), async () => {});
wrap(cognito("verifyAuthChallengeResponse"), async ({ request }) => ({ answerCorrect: request.challengeAnswer === "42" }));
// @ts-expect-error 2345: a forgotten answer would turn every user away
wrap(cognito("verifyAuthChallengeResponse"), async () => {});
// @ts-expect-error 2345: a migration without attributes migrates nobody
wrap(cognito("userMigration"), async () => {});
wrap(cognito("userMigration"), async ({ userName, request }) => ({
  userAttributes: { email: `${userName}@example.com`, length: String(request.password.length) },
  finalUserStatus: "CONFIRMED",
  messageAction: "SUPPRESS",
}));
// @ts-expect-error 2322: messages are suppressed, or sent again
wrap(cognito("userMigration"), async () => ({ userAttributes: {}, messageAction: "DROP" }));

// Custom authentication: what @types/aws-lambda lags behind with.
const define = wrap(cognito("defineAuthChallenge"), async ({ request: { session } }) => {
  const last = session.at(-1);
  if (last?.challengeName === "EMAIL_OTP" && last.challengeResult) return { issueTokens: true, failAuthentication: false };
  return { challengeName: "CUSTOM_CHALLENGE" };
});
wrap(cognito("createAuthChallenge"), async ({ request }) => ({
  publicChallengeParameters: { question: "6 * 7" },
  privateChallengeParameters: { answer: "42" },
  challengeMetadata: `${request.session.length}`,
}));

// Tokens: text claims in version 1, any JSON from version 2 on.
const v1 = wrap(cognito("preTokenGeneration"), async () => ({ claimsOverrideDetails: { claimsToAddOrOverride: { plan: "gold" } } }));
// @ts-expect-error 2322: version 1 takes text alone
wrap(cognito("preTokenGeneration"), async () => ({
  claimsOverrideDetails: { claimsToAddOrOverride: { roles: ["a"] } },
}));
const v2 = wrap(cognito("preTokenGenerationV2"), async ({ request }) => ({
  claimsAndScopeOverrideDetails: {
    accessTokenGeneration: { claimsToAddOrOverride: { roles: ["a", "b"], level: 3, on: true }, scopesToAdd: request.scopes ?? [] },
  },
}));
same<typeof v2, Lambda<PreTokenGenerationV2Event, PreTokenGenerationV2Event>>();
// @ts-expect-error 2322: a date is no JSON
wrap(cognito("preTokenGenerationV2"), async () => ({
  claimsAndScopeOverrideDetails: { idTokenGeneration: { claimsToAddOrOverride: { at: new Date() } } },
}));
const v3 = wrap(cognito("preTokenGenerationV3"), async ({ triggerSource }) => {
  if (triggerSource === "TokenGeneration_ClientCredentials") return { claimsAndScopeOverrideDetails: {} };
  return undefined;
});
same<typeof v3, Lambda<PreTokenGenerationV3Event, PreTokenGenerationV3Event>>();
// @ts-expect-error 2367: machines' tokens come with version 3 alone
wrap(cognito("preTokenGenerationV2"), async ({ triggerSource }) => void (triggerSource === "TokenGeneration_ClientCredentials"));

// The trigger source narrows the request.
const email = wrap(cognito("customEmailSender"), async ({ triggerSource, request }) => {
  if (triggerSource === "CustomEmailSender_AccountTakeOverNotification") same<typeof request.userAttributes.IP_ADDRESS, string>();
});
wrap(cognito("customSmsSender"), async ({ request }) => void request.code);
wrap(cognito("inboundFederation"), async ({ request }) => ({ userAttributesToMap: request.attributes.samlResponse ?? {} }));
wrap(cognito("preAuthentication"), async ({ clientId }) => same<typeof clientId, string | undefined>());
wrap(cognito("postAuthentication"), async ({ request }) => same<typeof request.newDeviceUsed, boolean>());

// Code out of line, layers, several triggers in one function.
const messages = cognito("customMessage");
const welcome = async ({ request, userPoolId }: ItemOf<typeof messages>) => ({
  emailSubject: userPoolId,
  emailMessage: `Your code is ${request.codeParameter}`,
});
same<ItemOf<typeof messages>["raw"], CustomMessageTriggerEvent>();
const both = dispatch(
  wrap(
    messages,
    layer("pool", async (item: { readonly userPoolId: string }, _ctx, next) => next({ pool: item.userPoolId })),
    welcome,
  ),
  signUp,
);
same<typeof both, Lambda<CustomMessageTriggerEvent | PreSignUpTriggerEvent, CustomMessageTriggerEvent | PreSignUpTriggerEvent>>();

// What AWS's own types accept.
export const aws1: PreSignUpTriggerHandler = signUp;
export const aws2: PreTokenGenerationTriggerHandler = v1;
export const aws3: PreTokenGenerationV2TriggerHandler = v2;
export const aws4: PreTokenGenerationV3TriggerHandler = v3;
export const aws5: DefineAuthChallengeTriggerHandler = define;
export const aws6: CustomEmailSenderTriggerHandler = email;
// @ts-expect-error 2322: another trigger
export const aws7: PreSignUpTriggerHandler = email;
