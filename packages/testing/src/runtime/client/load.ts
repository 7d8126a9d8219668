import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ClientError } from "./failures.ts";

export type Handler = ((...parameters: readonly unknown[]) => unknown) & { readonly [STREAMING]?: unknown };

/** Marks a streaming handler. */
export const STREAMING: unique symbol = Symbol.for("aws.lambda.runtime.handler.streaming") as never;

/**
 * Loads the function that `_HANDLER` names.
 *
 * @throws {ClientError} When there is none, or one that takes a callback.
 */
export async function load(root: string, setting: string): Promise<Handler> {
  const [, name, path] = /^([^.]+)\.(.+)$/.exec(basename(setting)) ?? [];
  if (name === undefined || path === undefined) throw new ClientError("Runtime.MalformedHandlerName", "Bad handler");
  const handler = find(await importModule(resolve(root, dirname(setting), name)), path);
  if (typeof handler !== "function") throw new ClientError("Runtime.HandlerNotFound", `${setting} is undefined or not exported`);
  if (handler.length >= 3 && !(STREAMING in handler))
    throw new ClientError("Runtime.CallbackHandlerDeprecated", "Handlers that take a callback are not supported. Use an async function.");
  return handler as Handler;
}

async function importModule(path: string): Promise<object> {
  const file = ["", ".js", ".mjs", ".cjs"].map((extension) => path + extension).find(existsSync);
  if (file === undefined) throw new ClientError("Runtime.ImportModuleError", `Error: Cannot find module '${path}'`);
  try {
    return (await import(pathToFileURL(file).href)) as object;
  } catch (error) {
    if (error instanceof SyntaxError) throw new ClientError("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
    throw error;
  }
}

function find(module: object, path: string): unknown {
  const at = (from: unknown): unknown =>
    path.split(".").reduce((found, key) => (found as Record<string, unknown> | undefined)?.[key], from);
  return at(module) ?? ("default" in module ? at(module.default) : undefined);
}
