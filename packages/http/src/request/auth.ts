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

/** Who signed the request, as the service has checked it; what it does not tell is `null` or missing. */
export interface IamAuth extends IamFields {
  readonly kind: "iam";
}

/** What services tell of a signature, by AWS's own names. */
export interface IamFields {
  readonly userArn?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly accountId?: string | null | undefined;
  readonly callerId?: string | null | undefined;
  readonly accessKey?: string | null | undefined;
  readonly principalOrgId?: string | null | undefined;
  /** The identity in an identity pool of Cognito, where the credentials come from one. */
  readonly cognitoIdentity?:
    | { readonly identityId?: string | null | undefined; readonly identityPoolId?: string | null | undefined }
    | null
    | undefined;
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
