import { createRequire } from "node:module";
import {
  API_GATEWAY,
  base64,
  type Invoke,
  isBinary,
  LOAD_BALANCERS,
  type Peer,
  pictureOf,
  pictureOfTarget,
  toParts,
  toResponse,
} from "./peer.ts";

const require = createRequire(import.meta.url);
const WEB = ["method", "path", "target", "query", "headers", "body"] as const;
const BINARY = ["application/octet-stream", "application/pdf", "image/png", "font/woff2", "application/x-unknown"];
/** A load balancer appends the address that it saw; API Gateway tells it in the event. */
const hops = (service: string): number => (service.startsWith("ALB") ? 1 : 0);
const returnsSome = (does: { readonly does: string; readonly value?: unknown }): boolean =>
  does.does !== "return" || does.value !== undefined;

/** The libraries whose scores are published, each in the version of `package.json`. */
export const peers: readonly Peer[] = [
  {
    name: "Lamella",
    setUp: "`wrap(http(), handler)`",
    services: [...API_GATEWAY, ...LOAD_BALANCERS, "Lattice 1", "Lattice 2"],
    sees: [...WEB, "cookies", "clientIp"],
    strips: true,
    open: async (does, _service, stripStage = false) => {
      const { wrap } = await import("@lamella/core");
      const { http, reply } = await import("@lamella/http");
      return wrap(http({ stripStage }), ({ method, path, url, headers, cookies, clientIp, bytes }) => {
        if (does.does === "throw") throw Object.assign(new Error(does.message), does.with);
        if (does.does === "reply") return reply(does.status, does.body, does.headers ?? {});
        if (does.does === "respond") return toResponse(does);
        if (does.does === "return") return does.value;
        const target = url.pathname + url.search;
        const query = [...url.searchParams];
        return {
          method,
          path,
          target,
          query,
          headers: Object.fromEntries(headers),
          cookies: { ...cookies },
          clientIp,
          body: base64(bytes()),
        };
      }) as Invoke;
    },
  },
  {
    name: "Hono",
    setUp:
      "`handle(app)` of `hono/aws-lambda`, one route for every path, `getCookie`, `getConnInfo`; replies by `c.json`, `c.text`, `c.body` or a web `Response`",
    services: [...API_GATEWAY, ...LOAD_BALANCERS, "Lattice 2"],
    sees: [...WEB, "cookies", "clientIp"],
    can: returnsSome,
    open: async (does) => {
      const { Hono } = await import("hono");
      const { getConnInfo, handle } = await import("hono/aws-lambda");
      const { getCookie } = await import("hono/cookie");
      const app = new Hono();
      app.all("*", async (c) => {
        if (does.does === "throw") throw Object.assign(new Error(does.message), does.with);
        if (does.does === "mirror") {
          return c.json({
            ...(await pictureOf(c.req.raw)),
            cookies: getCookie(c),
            clientIp: addressOf(() => getConnInfo(c).remote.address),
          });
        }
        if (does.does !== "return") return toResponse(does);
        if (typeof does.value === "string") return c.text(does.value);
        return does.value instanceof Uint8Array ? toResponse(does) : c.json(does.value);
      });
      return handle(app);
    },
  },
  {
    name: "Powertools event-handler",
    setUp:
      "`Router` of `@aws-lambda-powertools/event-handler/http`, one catch-all route; replies by objects or a web `Response`, `isBase64Encoded` by hand where the reply is binary",
    services: [...API_GATEWAY, ...LOAD_BALANCERS],
    sees: WEB,
    can: returnsSome,
    open: async (does) => {
      const { Router } = await import("@aws-lambda-powertools/event-handler/http");
      const quiet = () => {};
      const app = new Router({ logger: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
      const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
      app.route(
        async (requestContext) => {
          const { req } = requestContext;
          if (isBinary(does)) requestContext.isBase64Encoded = true;
          if (does.does === "throw") throw Object.assign(new Error(does.message), does.with);
          if (does.does === "mirror") return (await pictureOf(req)) as never;
          if (does.does !== "return") return toResponse(does);
          return typeof does.value === "object" && !(does.value instanceof Uint8Array) ? (does.value as never) : toResponse(does);
        },
        { method: [...methods], path: /.*/ },
      );
      return (event, context) => app.resolve(event, context);
    },
  },
  {
    name: "serverless-express",
    setUp:
      "`@codegenie/serverless-express` with Express 5, `express.raw` for bodies, `trust proxy` of one hop behind load balancers, `binarySettings` for the types and encodings of the cases; replies by `status`, `set`, `json`, `send`",
    services: [...API_GATEWAY, ...LOAD_BALANCERS],
    sees: [...WEB, "clientIp"],
    can: returnsSome,
    open: (does, service) => {
      // It comes without types, and the adapter's describe its CommonJS build, in which the function is one level deeper.
      const express = require("express") as Express;
      const serverlessExpress = require("@codegenie/serverless-express") as unknown as (options: object) => Invoke;
      const app = express();
      app.set("trust proxy", hops(service));
      app.set("env", "production");
      app.use(express.raw({ type: () => true, limit: "10mb" }));
      app.use((request: ExpressRequest, response: ExpressResponse) => {
        if (does.does === "throw") throw Object.assign(new Error(does.message), does.with);
        if (does.does === "mirror") {
          const { method, originalUrl, headers, ip, body, path } = request;
          response.json({
            ...pictureOfTarget(method, originalUrl),
            path,
            headers,
            clientIp: ip,
            body: Buffer.isBuffer(body) ? base64(body) : "",
          });
        } else if (does.does === "return") {
          const { value } = does;
          if (typeof value === "string") response.type("text/plain").send(value);
          else if (value instanceof Uint8Array) response.send(Buffer.from(value));
          else response.json(value);
        } else {
          const { status, headers, body } = toParts(does);
          response.status(status);
          for (const [name, value] of headers) response.set(name, value);
          if (body === undefined) response.end();
          else response.send(typeof body === "string" ? body : Buffer.from(body));
        }
      });
      const quiet = () => {};
      const binarySettings = { contentTypes: BINARY, contentEncodings: ["gzip", "deflate", "br", "zstd"] };
      return serverlessExpress({ app, binarySettings, log: { error: quiet, info: quiet, debug: quiet, warn: quiet, verbose: quiet } });
    },
  },
  {
    name: "@fastify/aws-lambda",
    setUp:
      "with Fastify 5, a parser that takes any body as a buffer, `trustProxy` of one hop behind load balancers, `albMultiValueHeaders` for that mode, `binaryMimeTypes` for the types of the cases; replies by `code`, `header`, `send`",
    services: [...API_GATEWAY, ...LOAD_BALANCERS],
    sees: [...WEB, "clientIp"],
    can: returnsSome,
    open: async (does, service) => {
      const { default: fastify } = await import("fastify");
      const { default: awsLambdaFastify } = await import("@fastify/aws-lambda");
      const app = fastify({ trustProxy: (_address, hop) => hop < hops(service), logger: false, exposeHeadRoutes: false });
      app.addHttpMethod("PURGE", { hasBody: false });
      app.removeAllContentTypeParsers();
      app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
      app.all("*", async ({ method, url, headers, ip, body }, response) => {
        if (does.does === "throw") throw Object.assign(new Error(does.message), does.with);
        if (does.does === "mirror")
          return { ...pictureOfTarget(method, url), headers, clientIp: ip, body: Buffer.isBuffer(body) ? base64(body) : "" };
        if (does.does === "return") return response.send(does.value instanceof Uint8Array ? Buffer.from(does.value) : does.value);
        const { status, headers: fields, body: content } = toParts(does);
        response.code(status);
        for (const [name, value] of fields) response.header(name, value);
        return response.send(content instanceof Uint8Array ? Buffer.from(content) : content);
      });
      const options = { binaryMimeTypes: [...BINARY], albMultiValueHeaders: service === "ALB, multi values" };
      return awsLambdaFastify(app, options);
    },
  },
  {
    name: "lambda-api",
    setUp: "one route for every path, `sendFile` for bytes; replies by `status`, `header`, `send`",
    services: [...API_GATEWAY, ...LOAD_BALANCERS],
    sees: ["method", "path", "query", "headers", "cookies", "clientIp", "body"],
    can: returnsSome,
    open: async (does) => {
      const { default: createApi } = (await import("lambda-api")) as unknown as { readonly default: (options: object) => LambdaApi };
      const app = createApi({ logger: false, errorHeaderWhitelist: [], isBase64: false });
      app.any("/*", (request: LambdaApiRequest, response: LambdaApiResponse) => {
        if (does.does === "throw") throw Object.assign(new Error(does.message), does.with);
        if (does.does === "mirror") {
          const { method, path, multiValueQuery, headers, cookies, ip, rawBody } = request;
          const query = Object.entries(multiValueQuery ?? {}).flatMap(([name, values]) => values.map((value) => [name, value]));
          const bytes = request.isBase64Encoded ? Buffer.from(rawBody ?? "", "base64") : rawBody;
          return response.json({ method, path, query, headers, cookies, clientIp: ip, body: base64(bytes) });
        }
        const { value } = does as { readonly value?: unknown };
        const { status, headers, body } = does.does === "return" ? { status: 200, headers: [], body: value } : toParts(does);
        response.status(status);
        for (const [name, one] of headers) response.header(name, one);
        if (body instanceof Uint8Array) return response.sendFile(Buffer.from(body));
        return typeof body === "object" ? response.json(body) : response.send(body ?? "");
      });
      return (event, context) => app.run(event, context);
    },
  },
  {
    name: "srvx",
    setUp: "`toLambdaHandler({ fetch })` of `srvx/aws-lambda`; replies by a web `Response`",
    services: [...API_GATEWAY, ...LOAD_BALANCERS],
    sees: [...WEB, "clientIp"],
    can: returnsSome,
    open: async (does) => {
      const { toLambdaHandler } = await import("srvx/aws-lambda");
      return toLambdaHandler({
        fetch: async (request: Request & { readonly ip?: string }) => {
          if (does.does === "throw") throw Object.assign(new Error(does.message), does.with);
          if (does.does === "mirror") return Response.json({ ...(await pictureOf(request)), clientIp: request.ip });
          if (does.does === "return" && typeof does.value === "object" && !(does.value instanceof Uint8Array))
            return Response.json(does.value);
          return toResponse(does);
        },
      } as never);
    },
  },
];

interface Express {
  (): {
    readonly set: (name: string, value: unknown) => void;
    readonly use: (handler: unknown) => void;
  };
  readonly raw: (options: object) => unknown;
}
interface ExpressRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly path: string;
  readonly headers: object;
  readonly ip: string;
  readonly body: unknown;
}
interface ExpressResponse {
  readonly status: (code: number) => void;
  readonly set: (name: string, value: string | readonly string[]) => void;
  readonly type: (type: string) => ExpressResponse;
  readonly json: (body: unknown) => void;
  readonly send: (body: unknown) => void;
  readonly end: () => void;
}

interface LambdaApi {
  readonly any: (path: string, handler: (request: LambdaApiRequest, response: LambdaApiResponse) => unknown) => void;
  readonly run: (event: unknown, context: unknown) => Promise<unknown>;
}
interface LambdaApiRequest {
  readonly method: string;
  readonly path: string;
  readonly multiValueQuery: Readonly<Record<string, readonly string[]>> | undefined;
  readonly headers: object;
  readonly cookies: object;
  readonly ip: string;
  readonly rawBody: string | undefined;
  readonly isBase64Encoded: boolean;
}
interface LambdaApiResponse {
  readonly status: (code: number) => void;
  readonly header: (name: string, value: string | readonly string[]) => void;
  readonly json: (body: unknown) => unknown;
  readonly send: (body: unknown) => unknown;
  readonly sendFile: (body: Buffer) => unknown;
}

function addressOf(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The version that is installed. */
export function versionOf(name: string): string {
  const packages: Readonly<Record<string, string>> = {
    Hono: "hono",
    "Powertools event-handler": "@aws-lambda-powertools/event-handler",
    "serverless-express": "@codegenie/serverless-express",
  };
  if (name === "Lamella") return "";
  const paths = require.resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return (require(`${path}/${packages[name] ?? name}/package.json`) as { readonly version: string }).version;
    } catch {
      // In the next folder up.
    }
  }
  return "?";
}
