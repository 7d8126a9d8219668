import type { Listed } from "./to-values.ts";

/** A web `Headers` of what came, names in any case. Of several values of one name all are kept, in their order. */
export function toHeaders(incoming: Listed): Headers {
  const headers = new Headers();
  for (const [name, value] of toPairs(incoming)) {
    try {
      headers.append(name, toByteString(value));
    } catch {
      // No header that HTTP can carry: only an event made by hand has one, and the others still count.
    }
  }
  return headers;
}

/** Every name with every value of its own. */
export function toPairs(listed: Listed): [name: string, value: string][] {
  return Object.entries(listed).flatMap(([name, values]) =>
    [values].flat().flatMap((value): [string, string][] => (typeof value === "string" ? [[name, value]] : [])),
  );
}

/** What `Headers` can hold: of text beyond Latin-1 its UTF-8 bytes, which are what was on the wire. */
function toByteString(value: string): string {
  // oxlint-disable-next-line no-control-regex -- every byte, the control characters too
  return /^[\x00-\xff]*$/.test(value) ? value : Buffer.from(value).toString("latin1");
}
