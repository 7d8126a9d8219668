import type { AnyLayer } from "@lamella/core";
import type { Context } from "aws-lambda";
import { context } from "./fixtures.ts";
import { type Case, emptyTurns, type Group, type Loop, nextTurn } from "./group.ts";

interface Ping {
  readonly id: string;
}

type Handler = (event: Ping) => Promise<string>;
type Wrapped = (event: Ping, context: Context) => Promise<string>;
type Wrap = (handler: Handler) => Wrapped;

/** Whether what does nothing is an `async` function. */
type Form = "sync" | "async";

const ping: Ping = JSON.parse(`{"id":"ping"}`);

const atOnce: Handler = async ({ id }) => id;
// What touches the network comes back in a later turn of the event loop, when deadline timers are set.
const later: Handler = async ({ id }) => {
  await nextTurn();
  return id;
};

/** One after the other, with nothing but microtasks between them. */
function tight(lambda: Wrapped): Loop {
  return async (times) => {
    for (let turn = 0; turn < times; turn++) check(await lambda(ping, context));
  };
}

/** Each from a turn of the event loop of its own, as Lambda does it. */
function fresh(lambda: Wrapped): Loop {
  return async (times) => {
    for (let turn = 0; turn < times; turn++) {
      await nextTurn();
      check(await lambda(ping, context));
    }
  };
}

function check(id: string): void {
  if (id !== ping.id) throw new Error(`The handler's result is ${id}, where ${ping.id} was expected.`);
}

function toCase(name: string, toWrap: () => Promise<Wrap>, peer?: string): Case {
  return {
    name,
    peer,
    open: async () => {
      const wrap = await toWrap();
      return { fresh: fresh(wrap(atOnce)), io: tight(wrap(later)), tight: tight(wrap(atOnce)) };
    },
  };
}

function lamella(count: number, form: Form): Case {
  return toCase(
    `lamella ${count}${formOf(count, form)}`,
    async () => {
      const { direct, layer, layers, wrap } = await import("@lamella/core");
      const source = direct<Ping, string>();
      const nothing = () =>
        form === "sync" ? layer("nothing", (_item, _ctx, next) => next()) : layer("nothing", async (_item, _ctx, next) => next());
      if (count === 0) return (handler) => wrap(source, handler);
      if (count === 1) return (handler) => wrap(source, nothing(), handler);
      if (count === 5) return (handler) => wrap(source, nothing(), nothing(), nothing(), nothing(), nothing(), handler);
      const list: readonly AnyLayer[] = Array.from({ length: count }, nothing);
      return (handler) => wrap(source, layers(...(list as [])), handler);
    },
    count === 1 ? undefined : `middy ${count}${formOf(count, form)}`,
  );
}

/** Resources that are there: one that is never shut down, and one that is, whose users are counted. */
function withResource(shutdown: (() => void) | undefined): Case {
  return toCase(`lamella resource${shutdown === undefined ? "" : ", shutdown"}`, async () => {
    const { direct, resource, wrap } = await import("@lamella/core");
    // As in Lambda, where the resource is made when the function is wrapped, and nobody has to be warned after a `ready`.
    process.env["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:9";
    Object.assign(globalThis, { [Symbol.for("lamella.registered")]: true });
    const source = direct<Ping, string>();
    const db = resource("db", { init: () => ({ name: "db" }), shutdown });
    return (handler) => wrap(source, db, handler);
  });
}

function middy(count: number, form: Form, timeoutEarlyInMillis?: number): Case {
  const untimed = timeoutEarlyInMillis === 0 ? ", no timeout" : "";
  return toCase(`middy ${count}${formOf(count, form)}${untimed}`, async () => {
    const { default: toMiddy } = await import("@middy/core");
    return (handler) => {
      const wrapped = toMiddy<Ping, string>(handler, timeoutEarlyInMillis === undefined ? undefined : { timeoutEarlyInMillis });
      for (let index = 0; index < count; index++) wrapped.use({ before: form === "sync" ? () => {} : async () => {} });
      return wrapped;
    };
  });
}

function formOf(count: number, form: Form): string {
  return count === 0 ? "" : ` ${form}`;
}

export const group: Group = {
  name: "overhead",
  title: "What a wrapper costs around a handler that does nothing",
  baseline: "bare",
  compares: "overheads",
  warmUpMs: 100,
  workloads: [
    { name: "fresh", title: "each invocation from its own turn of the event loop, as on Lambda", empty: emptyTurns },
    { name: "io", title: "the handler waits for the event loop, so that deadline timers are set", empty: emptyTurns },
    { name: "tight", title: "invocations back to back, where no turn of the event loop ever comes" },
  ],
  cases: [
    toCase("bare", async () => (handler) => handler),
    lamella(0, "sync"),
    lamella(1, "sync"),
    lamella(5, "sync"),
    lamella(20, "sync"),
    lamella(1, "async"),
    lamella(5, "async"),
    lamella(20, "async"),
    withResource(undefined),
    withResource(() => {}),
    middy(0, "sync"),
    middy(5, "sync"),
    middy(20, "sync"),
    middy(5, "async"),
    middy(20, "async"),
    middy(5, "sync", 0),
  ],
};
