import { direct, readySync, resource, wrap } from "@lamella/core";

const db = resource("db", {
  init: async () => (console.log("db opened"), "made"),
  shutdown: async () => {
    await new Promise((resolve) => setImmediate(resolve));
    console.log("db closed");
  },
});

const plain = wrap(direct<string, string>(), db, async (event, ctx) => {
  if (event === "never") await new Promise(() => {});
  return ctx.db;
});

export const handler = process.env["UNREADY"] === undefined ? readySync(plain) : plain;
