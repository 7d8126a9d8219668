import { onShutdown, ready, resource, wrap } from "@lamella/core";
import { httpApi } from "@lamella/http";

let tries = 0;

const config = resource("config", {
  init: async () => {
    console.log("config opened");
    return { url: "postgres://orders" };
  },
  shutdown: () => console.log("config closed"),
});

const db = resource("db", {
  needs: [config],
  init: async ({ config: { url } }) => {
    if (++tries <= Number(process.env["FAILING_INITS"] ?? 0)) throw new Error(`connection ${tries} refused`);
    console.log(`db opened at ${url}`);
    return { tries };
  },
  shutdown: async () => {
    console.log("db closing");
    // It may take longer than Lambda waits.
    await new Promise((resolve) => setTimeout(resolve, Number(process.env["CLOSING_MS"] ?? 0)));
    console.log("db closed");
  },
});

const bye = onShutdown(() => console.log("bye"), { timeoutMs: 250 });

const plain = wrap(httpApi(), db, bye, async ({ path }, ctx) => {
  if (path === "/never") await new Promise(() => {});
  if (path === "/slow") await new Promise((resolve) => setTimeout(resolve, 60_000));
  return { tries: ctx.db.tries };
});

export const handler = process.env["UNREADY"] === undefined ? await ready(plain) : plain;
