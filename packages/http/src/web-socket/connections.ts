import { hasCode, type Layer, layer, OutputError, type Schema } from "@lamella/core";
import { AwsError, type AwsResponse, awsRequest, endpointOf } from "@lamella/core/aws";
import { checkSchema, mustBe, validate } from "@lamella/core/extend";
import type { WebSocketEvent } from "./event.ts";
import type { Socket } from "./socket-item.ts";

export interface ConnectionsOptions<Message> {
  /** What is sent: what the schema makes of it, as JSON. @default text and bytes as they are, anything else as JSON */
  readonly message?: Schema<Message> | undefined;
  /** The region of the API. @default the one in `endpoint`, else the environment variable `AWS_REGION` */
  readonly region?: string | undefined;
  /** Tries in all, the first included; a message that is tried again may arrive twice. @default 3 */
  readonly attempts?: number | undefined;
  /** How long one try may take, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number | undefined;
}

export interface EndpointConnectionsOptions<Message> extends ConnectionsOptions<Message> {
  /**
   * Where the API is managed, with its stage, or with the base path of its custom domain:
   * `https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod`.
   */
  readonly endpoint: string;
}

/** What is known of a connection. */
export interface ConnectionInfo {
  readonly connectedAt: Date | undefined;
  readonly lastActiveAt: Date | undefined;
  readonly clientIp: string | undefined;
  readonly userAgent: string | undefined;
}

/** Reaches clients by the ids of their connections. The role needs `execute-api:ManageConnections`. */
export interface Connections<in Message> {
  /**
   * Sends a message of at most 128 KB. `gone` is no error: the connection has ended, and its id can be forgotten.
   *
   * @throws {AwsError} When it failed otherwise.
   * @throws {OutputError} When the message does not fit its schema, or is no JSON.
   */
  readonly send: (connectionId: string, message: Message) => Promise<"sent" | "gone">;
  /**
   * Ends a connection.
   *
   * @throws {AwsError} When it failed.
   */
  readonly close: (connectionId: string) => Promise<"closed" | "gone">;
  /**
   * Looks a connection up; `undefined` when it has ended.
   *
   * @throws {AwsError} When it failed.
   */
  readonly get: (connectionId: string) => Promise<ConnectionInfo | undefined>;
}

/** What `connections` adds to the context. */
export interface WithConnections<Message> {
  readonly connections: Connections<Message>;
}

/** Messages, by the schema's own input. */
type Sendable<S> = S extends Schema<unknown> ? NonNullable<S["~standard"]["types"]>["input"] : unknown;

/**
 * Adds `ctx.connections`, which sends to the clients of a WebSocket API. Around an item of `webSocket()` it knows where the
 * API is; around any other, such as a message of a queue, it takes an `endpoint`.
 *
 * Behind a custom domain it goes to the API's own address; where that is disabled, give the domain and its base path as
 * `endpoint`.
 *
 * AWS: "Use @connections commands in your backend service".
 *
 * @throws {TypeError} At load, when an option is of the wrong kind.
 * @throws {RangeError} At load, when an option is out of its range.
 * @example
 * export const handler = wrap(sqs({ body: News }), connections({ endpoint }), async ({ body }, { connections }) => {
 *   if ((await connections.send(body.connectionId, body.text)) === "gone") await forget(body.connectionId);
 * });
 */
export function connections<S extends Schema<unknown> | undefined = undefined>(
  options: Omit<EndpointConnectionsOptions<unknown>, "message"> & { readonly message?: S },
): Layer<unknown, {}, WithConnections<Sendable<S>>>;
export function connections<S extends Schema<unknown> | undefined = undefined>(
  options?: Omit<ConnectionsOptions<unknown>, "message"> & { readonly message?: S },
): Layer<Socket, {}, WithConnections<Sendable<S>>>;
export function connections(options: Partial<EndpointConnectionsOptions<unknown>> = {}): Layer<never, {}, WithConnections<unknown>> {
  const { message: schema, endpoint, region, attempts = 3, timeoutMs = 5_000 } = options;
  if (schema !== undefined) checkSchema(schema, "connections({ message })");
  if (endpoint !== undefined) {
    mustBe(
      typeof endpoint === "string" && /^https?:\/\/[^/?#]/.test(endpoint),
      "connections({ endpoint })",
      "an address, with https://",
      endpoint,
    );
  }
  mustBe(region === undefined || typeof region === "string", "connections({ region })", "a region", region);
  mustBe(Number.isInteger(attempts) && attempts >= 1, "connections({ attempts })", "a whole number of 1 or more", attempts, RangeError);
  mustBe(Number.isInteger(timeoutMs) && timeoutMs >= 1, "connections({ timeoutMs })", "a whole number of 1 or more", timeoutMs, RangeError);

  return layer("connections", async (item: Socket, ctx, next) => {
    /** `undefined` for a connection that is no more. */
    const call = async (operation: string, method: string, id: string, body?: string | Uint8Array): Promise<AwsResponse | undefined> => {
      mustBe(typeof id === "string" && id !== "", `connections.${operation}(connectionId)`, "the id of a connection", id);
      const at = endpoint ?? endpointOfEvent(item.raw, region);
      try {
        return await awsRequest({
          service: "execute-api",
          operation,
          method,
          endpoint: at,
          region: region ?? regionOf(at),
          // Ids end in an equals sign, most often.
          path: `/%40connections/${encodeURIComponent(id)}`,
          body,
          attempts,
          timeoutMs,
          signal: ctx.signal,
        });
      } catch (error) {
        if (hasCode(error, "LAMELLA_AWS") && (error as AwsError).status === 410) return undefined;
        throw error;
      }
    };
    const made: Connections<unknown> = {
      send: async (id, message) => {
        const valid = schema === undefined ? message : await validate(schema, message, "message", OutputError);
        return (await call("PostToConnection", "POST", id, toBody(valid))) === undefined ? "gone" : "sent";
      },
      close: async (id) => ((await call("DeleteConnection", "DELETE", id)) === undefined ? "gone" : "closed"),
      get: async (id) => {
        const response = await call("GetConnection", "GET", id);
        return response && toInfo(response);
      },
    };
    return next({ connections: made });
  });
}

function toBody(message: unknown): string | Uint8Array {
  if (typeof message === "string" || message instanceof Uint8Array) return message;
  let cause: unknown;
  try {
    const body = JSON.stringify(message) as string | undefined;
    if (body !== undefined) return body;
  } catch (error) {
    cause = error;
  }
  throw new OutputError({ part: "message", problem: "is no JSON: undefined, a cycle, a BigInt or a function", cause });
}

/** Where the API of an event is managed. */
function endpointOfEvent({ requestContext: { domainName, apiId, stage } }: WebSocketEvent, region: string | undefined): string {
  if (/\.execute-api\./.test(domainName)) return `https://${domainName}/${stage}`;
  // A custom domain, whose paths are of its mappings and not of stages. The API has an address of its own beside it.
  const { host, origin } = new URL(endpointOf("execute-api", region ?? process.env["AWS_REGION"] ?? "", "ApiGatewayManagementApi"));
  return host.startsWith("execute-api.") ? `https://${apiId}.${host}/${stage}` : origin;
}

function regionOf(endpoint: string): string | undefined {
  return /\.execute-api\.([\w-]+)\./.exec(endpoint)?.[1];
}

function toInfo({ status, body }: AwsResponse): ConnectionInfo {
  let info: unknown;
  try {
    info = JSON.parse(Buffer.from(body).toString());
  } catch {
    // Without what V8 says: it quotes the answer.
    throw new AwsError({
      call: "execute-api GetConnection",
      awsCode: "InvalidAnswer",
      status,
      advice: "It is not JSON. Check the endpoint.",
    });
  }
  const { connectedAt, lastActiveAt, identity } = (info ?? {}) as Partial<Record<string, unknown>>;
  const { sourceIp, userAgent } = (identity ?? {}) as Partial<Record<string, unknown>>;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return { connectedAt: toDate(connectedAt), lastActiveAt: toDate(lastActiveAt), clientIp: text(sourceIp), userAgent: text(userAgent) };
}

function toDate(value: unknown): Date | undefined {
  return typeof value === "string" || typeof value === "number" ? new Date(value) : undefined;
}
