/** Who a JSON Web Token says that the client is: API Gateway's JWT authorizer has checked it. */
export interface JwtAuth {
  readonly kind: "jwt";
  readonly claims: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** The scopes that the route asks for, of those that the token has. */
  readonly scopes: readonly string[];
}

/** Who a user pool says that the client is: API Gateway's Cognito authorizer has checked the token. */
export interface CognitoAuth {
  readonly kind: "cognito";
  /** The claims, which API Gateway has all made text. */
  readonly claims: Readonly<Record<string, string>>;
}

/** Who signed the request, as the service has checked it. */
export interface IamAuth {
  readonly kind: "iam";
  readonly userArn: string | undefined;
  readonly userId: string | undefined;
  readonly accountId: string | undefined;
  readonly callerId: string | undefined;
  readonly accessKey: string | undefined;
  readonly principalOrgId: string | undefined;
  /** The identity in an identity pool of Cognito, where the credentials come from one. */
  readonly cognito: { readonly identityId: string; readonly identityPoolId: string } | undefined;
}

/** What a Lambda authorizer has said of the client. */
export interface LambdaAuth {
  readonly kind: "lambda";
  /** Whom its policy was for; HTTP APIs with payload format 2.0 do not tell. */
  readonly principalId: string | undefined;
  /** The authorizer's own context. REST APIs make all values text. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Who the client is, as the service in front of the function has checked; `kind` tells how. */
export type Auth = JwtAuth | CognitoAuth | IamAuth | LambdaAuth;

type Nullish<T> = { readonly [P in keyof T]?: T[P] | null | undefined };

/** Who signed a request, by the names of payload format 2.0, with whatever is missing as services leave it. */
export interface IamFields extends Nullish<Omit<IamAuth, "kind" | "cognito">> {
  readonly cognitoIdentity?: Nullish<NonNullable<IamAuth["cognito"]>> | null | undefined;
}

export function toIamAuth(fields: IamFields): IamAuth {
  const { userArn, userId, accountId, callerId, accessKey, principalOrgId, cognitoIdentity } = fields;
  return {
    kind: "iam",
    userArn: userArn ?? undefined,
    userId: userId ?? undefined,
    accountId: accountId ?? undefined,
    callerId: callerId ?? undefined,
    accessKey: accessKey ?? undefined,
    principalOrgId: principalOrgId ?? undefined,
    cognito: cognitoIdentity?.identityId
      ? { identityId: cognitoIdentity.identityId, identityPoolId: cognitoIdentity.identityPoolId ?? "" }
      : undefined,
  };
}
