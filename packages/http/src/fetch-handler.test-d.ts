import { wrap } from "@lamella/core";
import { H3 } from "h3";
import { Hono } from "hono";
import { z } from "zod";
import { same } from "../test/same.ts";
import { type Log, logger, messages } from "../test/stand-ins.ts";
import { alb, type BindingsOf, fetchHandler, httpApi } from "./index.ts";

const plain = new Hono();
const bound = new Hono<{ Bindings: { log: Log } }>();
same<BindingsOf<typeof plain>, unknown>();
same<BindingsOf<typeof bound>, { log: Log }>();

export const bare = wrap(httpApi(), fetchHandler(plain));
export const behindAlb = wrap(alb(), fetchHandler(new H3()));
export const ofOnesOwn = wrap(httpApi(), fetchHandler({ fetch: (request: Request) => new Response(request.url) }));
export const withBindings = wrap(httpApi(), logger(), fetchHandler(bound));
const own = { fetch: (_request: Request, env: { readonly log: Log }) => new Response(typeof env.log.info) };
export const withOwn = wrap(httpApi(), logger(), fetchHandler(own));

// @ts-expect-error 2345: the app's bindings have a log, which no layer adds
export const noLog = wrap(httpApi(), fetchHandler(bound));
// @ts-expect-error 2345: the same of an app of one's own
export const noLogEither = wrap(httpApi(), fetchHandler(own));
// @ts-expect-error 2345: a web Response cannot be checked against the declared schemas
export const declared = wrap(httpApi({ response: z.object({ id: z.string() }) }), fetchHandler(plain));
// @ts-expect-error 2345: for requests
export const onMessages = wrap(messages(), fetchHandler(plain));
// @ts-expect-error 2345: a function is no app
fetchHandler(() => new Response());
