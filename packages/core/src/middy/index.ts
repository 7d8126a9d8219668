/** Middy's middlewares as layers. */
export { type MiddyOptions, middy } from "./middy.ts";
export type { MiddyMiddleware, MiddyRequest } from "./run-middlewares.ts";
