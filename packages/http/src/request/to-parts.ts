import type { Payload, Schema } from "@lamella/core";
import { checkSchema, toDecode, validate } from "@lamella/core/extend";
import { checkMedia } from "./check-media.ts";
import { declaredLists, withLists } from "./declared-lists.ts";
import type { EventRequest, RequestSetup } from "./event-request.ts";
import type { PartName, ReadPart } from "./late.ts";
import { type Listed, toCookies, toValues } from "./to-values.ts";

interface PartOptions extends Partial<Record<SchemaName, Schema<unknown> | undefined>> {
  readonly body?: Payload<unknown> | undefined;
}

/** How the parts are read: with the schema of the option, or as they come. */
export function toParts(source: string, options: PartOptions): Pick<RequestSetup, "parts" | "declared"> {
  const { body, query } = options;
  const decode = body === undefined ? undefined : toDecode(body, `${source}({ body })`);
  // A bare schema means JSON.
  const media = body !== undefined && "~decode" in body ? body["~media"] : "json";
  const lists = query === undefined ? [] : declaredLists(query);
  const part = (name: SchemaName, read: ReadPart<EventRequest>, bare = read): ReadPart<EventRequest> => {
    const schema = options[name];
    if (schema === undefined) return bare;
    checkSchema(schema, `${source}({ ${name} })`);
    return (request) => validate(schema, read(request), name);
  };
  return {
    declared: PARTS.filter((name) => options[name] !== undefined),
    parts: {
      body: (request) => {
        if (decode === undefined) return undefined;
        const encoded = request["~encoded"]();
        if (encoded.length > 0) checkMedia(request["~web"], media);
        return decode(encoded, "body");
      },
      query: part(
        "query",
        (request) => withLists(request["~query"], lists),
        (request) => toValues(request["~query"]),
      ),
      params: part("params", toParams, (request) => toValues(toParams(request))),
      headers: part(
        "headers",
        (request) => Object.fromEntries(request["~web"]),
        () => undefined,
      ),
      cookies: part("cookies", (request) => toCookies(request["~cookie"])),
    },
  };
}

/** A router's, or else the service's own. */
function toParams(request: EventRequest): Listed {
  return request["~matched"] ?? request["~params"];
}

const PARTS = ["body", "query", "params", "headers", "cookies"] as const;
type SchemaName = Exclude<PartName, "body">;
