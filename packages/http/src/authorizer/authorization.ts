import type { APIGatewayRequestAuthorizerEvent, APIGatewayRequestAuthorizerEventV2, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import { Payload2Request } from "../payload-2.ts";
import type { EventRequest, RequestSetup } from "../request/event-request.ts";
import type { HttpRequest, HttpShape, Shaped, Values } from "../request/http-request.ts";
import { textOf } from "../request/text-of.ts";
import { RestApiRequest } from "../rest-api.ts";
import { type MethodArn, parseMethodArn } from "./method-arn.ts";

export type AuthorizerEvent = APIGatewayTokenAuthorizerEvent | APIGatewayRequestAuthorizerEvent | APIGatewayRequestAuthorizerEventV2;

interface AnyAuthorization<Event> {
  /** The ARN of the method or route that is asked. */
  readonly methodArn: string;
  /**
   * The same, taken apart.
   *
   * @throws {PayloadError} When it is no such ARN, as in an event made by hand.
   */
  readonly arn: MethodArn;
  /** The values of what the authorizer names as its identity sources, where the service tells them. */
  readonly identitySource: readonly string[];
  /** The event as the service sent it. */
  readonly raw: Event;
}

/** What a TOKEN authorizer of a REST API is asked: a token alone. */
export interface TokenAuthorization extends AnyAuthorization<APIGatewayTokenAuthorizerEvent> {
  readonly kind: "token";
  /** The token, without `Bearer` in front. */
  readonly token: string;
  readonly request: undefined;
}

/** The parts of a request that is asked about, where no schema says more. */
export interface AnyAsked extends Shaped<undefined, Values, Values, {}> {}

/** What a REQUEST authorizer is asked: a request without its body, to a REST or HTTP API, or one that opens a WebSocket. */
export interface RequestAuthorization<
  Event = APIGatewayRequestAuthorizerEvent | APIGatewayRequestAuthorizerEventV2,
  Asked extends HttpShape = AnyAsked,
> extends AnyAuthorization<Event> {
  readonly kind: "request" | "webSocket";
  /** The `authorization` header, without `Bearer` in front. */
  readonly token: string | undefined;
  readonly request: HttpRequest<Asked>;
}

/** What an authorizer is asked, told apart by `kind`. */
export type Authorization<Asked extends HttpShape = AnyAsked> =
  | TokenAuthorization
  | RequestAuthorization<APIGatewayRequestAuthorizerEvent | APIGatewayRequestAuthorizerEventV2, Asked>;

type Loose = Readonly<Record<string, unknown>>;

/** One question. */
export class AuthorizationItem {
  readonly raw: AuthorizerEvent;
  readonly #setup: RequestSetup;
  #arn: MethodArn | undefined;
  #request: EventRequest | undefined;

  constructor(raw: AuthorizerEvent, setup: RequestSetup) {
    this.raw = raw;
    this.#setup = setup;
  }

  /**
   * @throws {PayloadError} When a part of the request does not fit.
   */
  "~decode"(): this | Promise<this> {
    const decoded = this.request?.["~decode"]();
    return decoded instanceof Promise ? decoded.then(() => this) : this;
  }

  get kind(): Authorization["kind"] {
    const { type, requestContext } = this.#loose;
    if (type === "TOKEN") return "token";
    return typeof (requestContext as Loose | null | undefined)?.["connectionId"] === "string" ? "webSocket" : "request";
  }

  get methodArn(): string {
    const { methodArn, routeArn } = this.#loose;
    return textOf(methodArn) ?? textOf(routeArn) ?? "";
  }

  get arn(): MethodArn {
    return (this.#arn ??= parseMethodArn(this.methodArn));
  }

  get identitySource(): readonly string[] {
    const { identitySource, authorizationToken } = this.#loose;
    // Format 1.0 joins them.
    const values = Array.isArray(identitySource) ? identitySource : (textOf(identitySource)?.split(",") ?? [authorizationToken]);
    return values.filter((value) => typeof value === "string");
  }

  get token(): string | undefined {
    const { authorizationToken } = this.#loose;
    const token = this.kind === "token" ? (textOf(authorizationToken) ?? "") : this.request?.headers.get("authorization");
    return token?.replace(/^bearer +/i, "");
  }

  get request(): EventRequest | undefined {
    if (this.kind === "token") return undefined;
    const isPayload2 = this.#loose["version"] === "2.0";
    const setup = this.#setup;
    return (this.#request ??= isPayload2 ? new Payload2Request(this.raw as never, setup) : new RestApiRequest(this.raw as never, setup));
  }

  get #loose(): Loose {
    return this.raw as unknown as Loose;
  }
}
