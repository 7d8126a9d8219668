import { direct, wrap } from "@lamella/core";
import { tracer } from "../src/index.ts";

/** Bundled by tests, and run in processes of their own. */
export const handler = wrap(direct<string>(), tracer(), async (event, { trace }) =>
  trace.span(event, async () => ({
    id: trace.id,
    // What the X-Ray SDK keeps its contexts in.
    isLoaded: (process as { readonly namespaces?: object }).namespaces !== undefined,
  })),
);
