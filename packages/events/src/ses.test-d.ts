import { type Lambda, wrap } from "@lamella/core";
import type { Handler } from "aws-lambda";
import { same } from "../../core/test/same.ts";
import { type SESEvent, type SesReply, ses } from "./ses.ts";

const handler = wrap(ses(), async ({ spam, subject, header }) => {
  same<typeof subject, string | undefined>();
  if (spam === "FAIL") return { disposition: "STOP_RULE_SET" };
  if (header("x-test") !== undefined) return { disposition: "CONTINUE" };
  return undefined;
});
same<typeof handler, Lambda<SESEvent, SesReply | undefined>>();
// AWS's own `SESHandler` says that there is no reply, which holds for the invocation type `Event` alone.
export const aws: Handler<SESEvent, SesReply | undefined> = handler;
wrap(ses(), async () => {});
// @ts-expect-error 2322: SES knows three dispositions
wrap(ses(), async () => ({ disposition: "STOP" }));
// @ts-expect-error 2367: no such verdict
wrap(ses(), async ({ virus }) => void (virus === "FAILED"));
// @ts-expect-error 2345: the disposition stands in an object
wrap(ses(), async () => "STOP_RULE");
