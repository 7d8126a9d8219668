import { type Lambda, wrap } from "@lamella/core";
import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketHandlerV2 } from "aws-lambda";
import { z } from "zod";
import { same } from "../test/same.ts";
import { messages } from "../test/stand-ins.ts";
import { cors, httpApi, reply } from "./index.ts";
import { connections, type WebSocketEvent, webSocket } from "./web-socket.ts";

const Move = z.object({ to: z.string() });

export const bare = wrap(webSocket(), async (item) => {
  same<typeof item.eventType, "CONNECT" | "MESSAGE" | "DISCONNECT">();
  same<typeof item.body, string | undefined>();
  same<typeof item.connectionId, string>();
  if (item.eventType === "CONNECT") {
    same<typeof item.headers, Headers>();
    same<typeof item.body, undefined>();
    same<typeof item.messageId, undefined>();
  } else if (item.eventType === "MESSAGE") {
    same<typeof item.body, string>();
    same<typeof item.messageId, string>();
    // @ts-expect-error 18048: a message comes without headers
    item.headers.get("origin");
  } else {
    same<typeof item.closeCode, number | undefined>();
    same<typeof item.query, undefined>();
  }
});
same<typeof bare, Lambda<WebSocketEvent, APIGatewayProxyStructuredResultV2>>();
export const aws: APIGatewayProxyWebsocketHandlerV2 = bare;

export const bySchema = wrap(webSocket({ body: Move }), connections({ message: Move }), async (item, ctx) => {
  if (item.eventType !== "MESSAGE") return;
  same<typeof item.body, { to: string }>();
  const sent = await ctx.connections.send(item.connectionId, item.body);
  same<typeof sent, "sent" | "gone">();
  // @ts-expect-error 2322: `to` is text
  await ctx.connections.send(item.connectionId, { to: 5 });
});
export const anything = wrap(webSocket(), connections(), async ({ connectionId }, ctx) => ctx.connections.send(connectionId, { any: 1 }));
export const elsewhere = wrap(
  messages(),
  connections({ endpoint: "https://a.execute-api.eu-west-1.amazonaws.com/prod" }),
  async ({ body }, ctx) => {
    await ctx.connections.close(body);
  },
);

const Session = z.object({ session: z.string() });
export const handshake = wrap(
  webSocket({ query: z.object({ room: z.coerce.number() }), headers: z.object({ origin: z.url() }), cookies: Session }),
  async (item) => {
    if (item.eventType === "CONNECT") {
      same<typeof item.query, { room: number }>();
      same<typeof item.headers, Headers & { origin: string }>();
      same<typeof item.cookies, { session: string }>();
      same<typeof item.request.query, { room: number }>();
      same<typeof item.request.body, undefined>();
    } else {
      same<typeof item.request, undefined>();
    }
  },
);
export const answering = wrap(webSocket({ body: Move, response: z.object({ moved: z.string() }) }), async (item) => {
  if (item.eventType === "CONNECT") return reply(403);
  return item.eventType === "MESSAGE" ? { moved: item.body.to } : undefined;
});
// @ts-expect-error 2345: what is answered is text
export const wrongAnswer = wrap(webSocket({ response: z.object({ moved: z.string() }) }), async () => ({ moved: 5 }));
// @ts-expect-error 2322: cookies are an object
export const noCookies = webSocket({ cookies: z.string() });
export const noTheme = wrap(webSocket({ cookies: Session }), async (item) => {
  // @ts-expect-error 2339: the schema has no theme
  return item.eventType === "CONNECT" ? item.cookies.theme : undefined;
});

// @ts-expect-error 2345: only an item of webSocket() tells where the API is
export const nowhere = wrap(messages(), connections(), async () => {});
// @ts-expect-error 2345: nor does a request
export const request = wrap(httpApi(), connections(), async () => {});
// @ts-expect-error 2345: cors() is for requests
export const withCors = wrap(webSocket(), cors(), async () => {});
// @ts-expect-error 2322: there is no such option
export const typo = webSocket({ bdy: Move });
export const unguarded = wrap(webSocket({ body: Move }), async ({ body }) => {
  // @ts-expect-error 18048: only a message has a body
  return body.to;
});
