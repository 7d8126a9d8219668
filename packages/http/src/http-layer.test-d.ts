import { answer, type Layer, layer, layers, wrap } from "@lamella/core";
import { z } from "zod";
import { same } from "../test/same.ts";
import { type Log, logger, messages } from "../test/stand-ins.ts";
import { type HttpRequest, httpApi, httpLayer, reply } from "./index.ts";

const Order = z.object({ id: z.string(), sku: z.string(), quantity: z.int() });

const serverHeader = httpLayer("serverHeader", async (request, { signal }, next) => {
  if (request.method === "TRACE" || signal.aborted) return reply(405);
  const response = await next();
  response.headers.set("server", "lamella");
  return response;
});
same<typeof serverHeader, Layer<HttpRequest, {}, {}>>();
const sessions = httpLayer("session", async (request, _ctx, next) =>
  request.headers.get("cookie") ? next({ session: { id: "1" } }) : reply(401, { title: "log in" }),
);
same<typeof sessions, Layer<HttpRequest, {}, { session: { id: string } }>>();
const audited = httpLayer("audited", async (_request, { log }: { readonly log: Log }, next) => {
  log.info("asked");
  return next();
});
same<typeof audited, Layer<HttpRequest, { readonly log: Log }, {}>>();
const early = httpLayer("early", async (request, _ctx, next) => (request.path === "/health" ? answer({ ok: true }) : next()));

export const around = wrap(httpApi({ body: Order }), early, serverHeader, sessions, logger(), audited, async ({ body }, { session }) => ({
  id: body.id + session.id,
}));
export const preset = wrap(httpApi(), layers(serverHeader, sessions), async (_request, { session }) => session.id);
export const inline = wrap(
  httpApi({ body: Order, query: z.object({ page: z.coerce.number() }) }),
  layer("total", async ({ body, query }, _ctx, next) => next({ total: body.quantity * query.page })),
  async (_request, { total }) => {
    same<typeof total, number>();
  },
);
// @ts-expect-error 2345: for requests
export const onMessages = wrap(messages(), serverHeader, async () => {});
// @ts-expect-error 2345: audited needs ctx.log, which nothing adds
export const needsLog = wrap(httpApi(), audited, async () => {});
// @ts-expect-error 2345: what next gave is not returned
httpLayer("forgets", async (_request, _ctx, next) => {
  await next();
});
// @ts-expect-error 2322: a plain object is no response; reply(…) makes one
httpLayer("plain", async () => ({ status: 200 }));
