/** What of a context reaches the API where a policy carries it. */
export type PolicyContext = Readonly<Record<string, string | number | boolean>>;

/** What a simple answer carries: whatever is JSON. */
export type SimpleContext = Readonly<Record<string, unknown>>;

export interface DenyOptions<Context> {
  /** Whom the policy is for, for logs and the API behind it; a simple answer has none. @default "user" */
  readonly principalId?: string | undefined;
  /** What the API behind it is told, as `auth.context`, and access logs. @default nothing */
  readonly context?: Context | undefined;
  /**
   * What the policy is about: `GET /orders/*`, `ANY /orders/{id}` for any of its values, `$connect`, or whole ARNs. `*`
   * stands for anything, slashes too. A simple answer is about the one route.
   *
   * API Gateway keeps the policy for the next requests with the same identity, whatever they ask. So a policy for one method
   * refuses all others until it is forgotten.
   *
   * @default the whole stage
   */
  readonly resources?: readonly string[] | undefined;
}

export interface AllowOptions<Context> extends DenyOptions<Context> {
  /** The API key of a usage plan, where the API takes keys from its authorizer. */
  readonly usageIdentifierKey?: string | undefined;
}

/** What the handler of an authorizer returns: made by `allow` and `deny`. */
export interface Authorized<out Context> extends AllowOptions<Context> {
  // Tells it from an object that came from elsewhere.
  readonly "~effect": "Allow" | "Deny";
}

class MadeAnswer<Context> implements Authorized<Context> {
  readonly principalId: string | undefined;
  readonly context: Context | undefined;
  readonly resources: readonly string[] | undefined;
  readonly usageIdentifierKey: string | undefined;
  readonly #effect: "Allow" | "Deny";

  constructor(effect: "Allow" | "Deny", { principalId, context, resources, usageIdentifierKey }: AllowOptions<Context>) {
    this.principalId = principalId;
    this.context = context;
    this.resources = resources;
    this.usageIdentifierKey = usageIdentifierKey;
    this.#effect = effect;
  }

  // Inherited and no property of its own: JSON from outside, which a handler returns by mistake, can have any property of
  // its own, and would let everybody in.
  get "~effect"(): "Allow" | "Deny" {
    return this.#effect;
  }
}

/** Whether `value` was made by `allow` or `deny`, of whichever copy of this package. */
export function isAuthorized(value: unknown): value is Authorized<unknown> {
  return typeof value === "object" && value !== null && "~effect" in value && !Object.hasOwn(value, "~effect");
}

/**
 * Lets the request through.
 *
 * @example
 * return allow({ principalId: claims.sub, context: { tenant: claims.tenant } });
 */
export function allow<const Context = {}>(options: AllowOptions<Context> = {}): Authorized<Context> {
  return new MadeAnswer("Allow", options);
}

/**
 * Refuses the request, which API Gateway answers with 403. For a 401 throw an `UnauthorizedError`.
 *
 * @example
 * return deny();
 */
export function deny<const Context = {}>(options: DenyOptions<Context> = {}): Authorized<Context> {
  return new MadeAnswer("Deny", options);
}
