import { PayloadError } from "@lamella/core";

/** The caller showed an API key, or nothing that tells who it is. */
export interface ApiKeyIdentity {
  readonly kind: "apiKey";
}

/** The caller signed with IAM credentials; the members about Cognito are of identity pools. */
export interface IamIdentity {
  readonly kind: "iam";
  readonly accountId: string;
  readonly userArn: string;
  readonly username: string;
  readonly sourceIp: readonly string[];
  readonly cognitoIdentityId: string | undefined;
  readonly cognitoIdentityPoolId: string | undefined;
  readonly cognitoIdentityAuthType: string | undefined;
  readonly cognitoIdentityAuthProvider: string | undefined;
}

/** The caller is a user of a Cognito user pool. */
export interface CognitoIdentity {
  readonly kind: "cognito";
  readonly sub: string;
  readonly issuer: string;
  readonly username: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly groups: readonly string[];
  readonly sourceIp: readonly string[];
  readonly defaultAuthStrategy: string | undefined;
}

/** The caller showed a token of an OpenID Connect provider. */
export interface OidcIdentity {
  readonly kind: "oidc";
  readonly sub: string;
  readonly issuer: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The caller was let in by a Lambda authorizer. */
export interface AuthorizerIdentity {
  readonly kind: "lambda";
  /** What the authorizer said. */
  readonly context: Readonly<Record<string, unknown>>;
}

/**
 * Who called.
 *
 * AWS: "AWS AppSync JavaScript resolver context object reference", "AWS AppSync Event API context reference".
 */
export type Identity = ApiKeyIdentity | IamIdentity | CognitoIdentity | OidcIdentity | AuthorizerIdentity;

type Members = Readonly<Record<string, unknown>>;

/**
 * Tells the kind of an identity by its members, because AppSync does not say it.
 *
 * @throws {PayloadError} When it is none of AppSync's: nobody must pass for somebody else.
 */
export function toIdentity(raw: unknown): Identity {
  if (raw === null || raw === undefined) return { kind: "apiKey" };
  const members = raw as Members;
  const text = (name: string): string => (typeof members[name] === "string" ? members[name] : "");
  const maybe = (name: string): string | undefined => (typeof members[name] === "string" ? members[name] : undefined);
  const list = (name: string): readonly string[] => (Array.isArray(members[name]) ? (members[name] as string[]) : []);
  const map = (value: unknown): Members => (typeof value === "object" && value !== null ? (value as Members) : {});
  if (typeof raw === "object" && !Array.isArray(raw)) {
    if ("resolverContext" in raw || "handlerContext" in raw)
      return { kind: "lambda", context: map(members["resolverContext"] ?? members["handlerContext"]) };
    if (text("userArn") !== "")
      return {
        kind: "iam",
        accountId: text("accountId"),
        userArn: text("userArn"),
        username: text("username"),
        sourceIp: list("sourceIp"),
        cognitoIdentityId: maybe("cognitoIdentityId"),
        cognitoIdentityPoolId: maybe("cognitoIdentityPoolId"),
        cognitoIdentityAuthType: maybe("cognitoIdentityAuthType"),
        cognitoIdentityAuthProvider: maybe("cognitoIdentityAuthProvider"),
      };
    if (text("sub") !== "") {
      const known = { sub: text("sub"), issuer: text("issuer"), claims: map(members["claims"]) };
      if (text("username") === "") return { kind: "oidc", ...known };
      return {
        kind: "cognito",
        ...known,
        username: text("username"),
        groups: list("groups"),
        sourceIp: list("sourceIp"),
        defaultAuthStrategy: maybe("defaultAuthStrategy"),
      };
    }
  }
  throw new PayloadError({ part: "identity", problem: "is of none of the kinds that AppSync has" });
}
