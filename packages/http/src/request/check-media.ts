import { PayloadError } from "@lamella/core";

/** The part that an error names whose body is of a type that its codec does not decode. */
export const MEDIA = "content-type";

/**
 * Holds the content type of a body against the one that its codec decodes. A body without one is taken as the codec takes
 * it.
 *
 * @throws {PayloadError} When it is another, or text that is no UTF-8.
 */
export function checkMedia(headers: Headers, media: string | undefined): void {
  if (media === undefined) return;
  // Of several the first; an empty one says nothing.
  const [given = ""] = (headers.get(MEDIA) || `application/${media}`).toLowerCase().split(",", 1);
  const [, type] = /^(?:application\/(?:[\w.-]+\+)?|text\/)([\w.-]+)\s*(?:;(?!.*charset=(?!"?(?:utf-?8|us-ascii)))|$)/.exec(given) ?? [];
  if (type !== media) throw new PayloadError({ part: MEDIA, problem: `is not application/${media} in UTF-8` });
}
