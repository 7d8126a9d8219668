export type { Ended, Init } from "./environment.ts";
export type { Invoked, InvokeOptions } from "./invocation.ts";
export type { FileOptions, HandlerOptions, RuntimeOptions } from "./options.ts";
export type { RuntimeError } from "./runtime-error.ts";
export { type LocalRuntime, startRuntime } from "./start-runtime.ts";
export type { Streamed } from "./streamed.ts";
