import { type Layer, OutputError } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import { httpLayer } from "../http-layer.ts";
import type { HttpRequest } from "../request/http-request.ts";
import { stamp } from "./stamp.ts";

export interface RequestIdOptions {
  /** The header that carries the id, in the request and in the reply. @default "x-request-id" */
  readonly header?: string | undefined;
  /** Whether the id that the client sends is taken, if it is a safe one. @default true */
  readonly incoming?: boolean | undefined;
  /** Makes the id of a request that brings none; one that is not safe either is an error. @default the service's own id of the request, such as API Gateway's, else a UUID */
  readonly make?: ((request: HttpRequest) => string) | undefined;
}

/** What `requestId` adds to the context. */
export interface WithRequestId {
  readonly requestId: string;
}

/**
 * Gives each request an id, as `ctx.requestId` and as a header of the reply. An id that the client sends is taken if it is
 * 1 to 128 letters, digits or `-_.:=+/@`: it can neither break a log nor fill it.
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @example
 * export const handler = wrap(httpApi(), requestId(), async (_request, { requestId }) => ({ requestId }));
 */
export function requestId({
  header = "x-request-id",
  incoming = true,
  make,
}: RequestIdOptions = {}): Layer<HttpRequest, {}, WithRequestId> {
  mustBe(typeof header === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(header), "requestId({ header })", "a header's name", header);
  mustBe(typeof incoming === "boolean", "requestId({ incoming })", "true or false", incoming);
  mustBe(make === undefined || typeof make === "function", "requestId({ make })", "a function", make);
  return httpLayer("requestId", async (request, { delivery }, next) => {
    const sent = incoming ? request.headers.get(header) : null;
    const id =
      sent !== null && SAFE.test(sent) ? sent : (made(make?.(request)) ?? (SAFE.test(delivery.id) ? delivery.id : crypto.randomUUID()));
    const put = (headers: Headers): void => headers.set(header, id);
    stamp(request, put);
    const response = await next({ requestId: id });
    put(response.headers);
    return response;
  });
}

/**
 * @throws {OutputError} When it is no safe id: no reply could carry it, that of an error neither.
 */
function made(id: string | undefined): string | undefined {
  if (id !== undefined && !SAFE.test(id))
    throw new OutputError({ part: "request id", problem: "is not 1 to 128 letters, digits or -_.:=+/@" });
  return id;
}

const SAFE = /^[\w.:=+/@-]{1,128}$/;
