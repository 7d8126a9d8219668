import { type Lambda, wrap } from "@lamella/core";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { type BedrockAgentEvent, type BedrockAgentReply, bedrockAgent } from "./bedrock-agent.ts";

const Find = z.object({ id: z.string() });
const Cancel = z.object({ id: z.string(), reason: z.string().optional() });

const handler = wrap(bedrockAgent({ input: { findOrder: Find, "DELETE /orders/{id}": Cancel } }), async (action) => {
  if (action.operation === "findOrder") {
    same<typeof action.input, { id: string }>();
    return { found: action.input.id };
  }
  return action.answer(action.input.reason ?? "none", { state: "REPROMPT", sessionAttributes: { last: undefined } });
});
same<typeof handler, Lambda<BedrockAgentEvent, BedrockAgentReply>>();
wrap(bedrockAgent({ input: Find }), async ({ input, operation }) => {
  same<typeof input, { id: string }>();
  same<typeof operation, string>();
});
wrap(bedrockAgent(), async ({ input }) => same<(typeof input)[string], unknown>());
// @ts-expect-error 2339: only a cancellation has a reason
wrap(bedrockAgent({ input: { a: Find, b: Cancel } }), async (action) => action.input.reason);
// @ts-expect-error 2367: no such operation
wrap(bedrockAgent({ input: { a: Find } }), async ({ operation }) => operation === "b");
// @ts-expect-error 2322: no such state
wrap(bedrockAgent(), async ({ answer }) => answer("x", { state: "RETRY" }));
// @ts-expect-error 2322: not a schema
bedrockAgent({ input: { a: "x" } });
