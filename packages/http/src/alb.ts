import { parse } from "node:querystring";
import type { Source } from "@lamella/core";
import type { ALBEvent, ALBResult } from "aws-lambda";
import { titleOf } from "./errors/title-of.ts";
import { type HttpKind, type HttpOptions, type HttpService, httpSource } from "./http-source.ts";
import type { DeepPartial } from "./payload-2.ts";
import { EventRequest } from "./request/event-request.ts";
import type { NamedValues, Shaped, Values } from "./request/http-request.ts";
import { lastAddress } from "./request/last-address.ts";
import { textOf } from "./request/text-of.ts";
import { toPairs } from "./request/to-headers.ts";
import { toPath } from "./request/to-path.ts";
import type { Listed } from "./request/to-values.ts";
import type { Responses } from "./response/responses.ts";

// AWS's types, or users' declarations could not name them.
export type { ALBEvent, ALBResult } from "aws-lambda";

/** What the parts of a request through a load balancer come to. */
export interface AlbShape<Body, Query, Params, Headers, Cookies extends NamedValues> extends Shaped<Body, Query, Params, Headers, Cookies> {
  readonly auth: undefined;
}

/**
 * The source for Application Load Balancers, with the target group's multi-value headers on or off: the reply is in the
 * mode of the event. A handler returns the same as that of `httpApi`.
 *
 * AWS: "Use Lambda functions as targets of an Application Load Balancer".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(alb({ body: Order }), async ({ body }) => place(body));
 */
export function alb<
  Body = undefined,
  Query = Values,
  Params = Values,
  Headers = {},
  Cookies extends NamedValues = Values,
  Response extends Responses = never,
>(
  options: HttpOptions<Body, Query, Params, Headers, Cookies, Response> = {},
): Source<HttpKind<ALBEvent, ALBResult, AlbShape<Body, Query, Params, Headers, Cookies>, Response>> {
  return httpSource(albService, options);
}

class AlbRequest extends EventRequest<DeepPartial<ALBEvent>> {
  get method(): string {
    return textOf(this.raw.httpMethod) ?? "GET";
  }

  get path(): string {
    return toPath(this.raw.path);
  }

  get clientIp(): string | undefined {
    return lastAddress(this["~web"]);
  }

  override get "~isPlain"(): boolean {
    return this["~web"].get("x-forwarded-proto") === "http";
  }

  // A load balancer decodes neither names nor values.
  get "~search"(): string {
    return toPairs(this.raw.multiValueQueryStringParameters ?? this.raw.queryStringParameters ?? {})
      .map((pair) => pair.join("="))
      .join("&");
  }

  get "~query"(): Listed {
    return parse(this["~search"], "&", "=", { maxKeys: 0 });
  }

  get "~headers"(): Listed {
    return this.raw.multiValueHeaders ?? this.raw.headers ?? {};
  }

  get "~body"(): unknown {
    return this.raw.body;
  }

  get "~isBase64"(): boolean {
    return this.raw.isBase64Encoded === true;
  }
}

export const albService: HttpService<ALBEvent, ALBResult> = {
  name: "alb",
  expects: "an event of an Application Load Balancer (requestContext.elb)",
  accepts: (event) => {
    const { requestContext } = (event ?? {}) as DeepPartial<ALBEvent>;
    return typeof requestContext?.elb === "object" && requestContext.elb !== null;
  },
  id: () => undefined,
  open: (event, setup) => new AlbRequest(event, setup),
  write: ({ status, headers, cookies, body = "", isBase64 }, { multiValueHeaders }) => {
    const fields: [name: string, value: string][] = Object.entries(headers);
    const common = { statusCode: status, statusDescription: `${status} ${titleOf(status)}`, body, isBase64Encoded: isBase64 };
    if (multiValueHeaders) {
      const lists: Record<string, string[]> = Object.fromEntries(fields.map(([name, value]) => [name, [value]]));
      if (cookies.length > 0) lists["set-cookie"] = cookies as string[];
      return { ...common, multiValueHeaders: lists };
    }
    // One value a name, but names that differ in their case are names of their own.
    return { ...common, headers: Object.fromEntries([...fields, ...cookies.map((cookie, index) => [spell(index), cookie] as const)]) };
  },
};

/** `set-cookie` in the spelling of a number: each bit is the case of a letter. */
function spell(number: number): string {
  let bit = 0;
  return "set-cookie".replaceAll(/[a-z]/g, (letter) => ((number >> bit++) & 1 ? letter.toUpperCase() : letter));
}
