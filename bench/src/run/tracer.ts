import type { Context } from "aws-lambda";
import { context } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, nextTurn } from "./group.ts";

type Handler = (event: object) => Promise<string>;
type Wrapped = (event: object, context: Context) => Promise<string>;

const TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=";

const work: Handler = async () => "done";

/** One way to call the handler, in a process that looks like Lambda's; the packets go to a port where nobody is. */
function toCase(name: string, sampled: 0 | 1, toWrap: () => Promise<(handler: Handler) => Wrapped>): Case {
  return {
    name,
    open: async () => {
      Object.assign(process.env, {
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
        LAMBDA_TASK_ROOT: "/var/task",
        AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:9",
        _HANDLER: "index.handler",
        _X_AMZN_TRACE_ID: `${TRACE}${sampled}`,
      });
      const lambda = (await toWrap())(work);
      return {
        call: async (times) => {
          for (let turn = 0; turn < times; turn++) {
            await nextTurn();
            // A context for each, as the runtime makes it.
            const result = await lambda({}, { ...context });
            if (result !== "done") throw new Error(`The handler's result is ${result}.`);
          }
        },
      };
    },
  };
}

const lamella = async () => {
  const { direct, wrap } = await import("@lamella/core");
  const { tracer } = await import("@lamella/tracer");
  return (handler: Handler): Wrapped => wrap(direct<object, string>(), tracer(), handler);
};

const middy = async () => {
  const { default: use } = await import("@middy/core");
  const { Tracer } = await import("@aws-lambda-powertools/tracer");
  const { captureLambdaHandler } = await import("@aws-lambda-powertools/tracer/middleware");
  return (handler: Handler): Wrapped => use(handler).use(captureLambdaHandler(new Tracer(), { captureResponse: false }));
};

export const group: Group = {
  name: "tracer",
  title: "A handler that does nothing, with a tracer",
  baseline: "bare",
  compares: "times",
  warmUpMs: 300,
  workloads: [{ name: "call", title: "an invocation", empty: emptyTurns }],
  cases: [
    toCase("bare", 0, async () => (handler) => handler),
    toCase("lamella, no tracer", 0, async () => {
      const { direct, wrap } = await import("@lamella/core");
      return (handler) => wrap(direct<object, string>(), handler);
    }),
    toCase("lamella tracer, not sampled", 0, lamella),
    toCase("lamella tracer, traced", 1, lamella),
    toCase("middy + captureLambdaHandler, not sampled", 0, middy),
    toCase("middy + captureLambdaHandler, traced", 1, middy),
  ],
};
