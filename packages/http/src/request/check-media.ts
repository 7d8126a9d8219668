import { PayloadError } from "@lamella/core";
import type { Listed } from "./to-values.ts";

/** The part that an error names whose body is of a type that its codec does not decode. */
export const MEDIA = "content-type";

/**
 * Holds the content type of a body against the one that its codec decodes. A body without one is taken as the codec takes
 * it.
 *
 * @throws {PayloadError} When it is another, or text that is no UTF-8.
 */
export function checkMedia(headers: Listed, media: string | undefined): void {
  if (media === undefined) return;
  // Not by a web `Headers`, which costs more than all the rest of it.
  const name = MEDIA in headers ? MEDIA : Object.keys(headers).find((key) => key.toLowerCase() === MEDIA);
  const given = [headers[name ?? ""]].flat()[0]?.toLowerCase() || `application/${media}`;
  const [, type] = /^(?:application\/(?:[\w.-]+\+)?|text\/)([\w.-]+)\s*(?:;(?!.*charset=(?!"?(?:utf-?8|us-ascii)))|$)/.exec(given) ?? [];
  if (type !== media) throw new PayloadError({ part: MEDIA, problem: `is not application/${media} in UTF-8` });
}
