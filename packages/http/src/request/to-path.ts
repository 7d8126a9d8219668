import { textOf } from "./text-of.ts";

/** The path of an event, without the stage in front if one is given. */
export function toPath(given: unknown, stage?: string): string {
  const path = textOf(given) ?? "";
  const prefix = `/${stage}`;
  // The default stage of an HTTP API is in no path.
  return (stage !== undefined && stage !== "$default" && `${path}/`.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path) || "/";
}
