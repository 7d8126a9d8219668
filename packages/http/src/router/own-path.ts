import type { EventRequest } from "../request/event-request.ts";
import { textOf } from "../request/text-of.ts";
import type { Listed } from "../request/to-values.ts";

/**
 * The path as the API itself knows it: made of what API Gateway has matched, so that neither a stage nor the base path of
 * a custom domain is in front of it. Without that the path of the request.
 */
export function ownPath(request: EventRequest): string {
  const { path } = request;
  const pattern = request["~pattern"];
  if (!pattern?.startsWith("/")) return path;
  // As encoded as the path is.
  const given = (request.raw as { readonly pathParameters?: Listed | null }).pathParameters;
  let isWhole = true;
  const own = pattern.replaceAll(/\{([^}]+?)\+?\}/g, (_, name: string) => {
    const value = textOf(given?.[name]);
    if (value === undefined) isWhole = false;
    return value ?? "";
  });
  // In an event made by hand the two may have nothing to do with each other.
  if (!isWhole || !path.replace(/\/$/, "").endsWith(own)) return path;
  return path.endsWith("/") && !own.endsWith("/") ? `${own}/` : own;
}
