import type { IncomingHeaders } from "./http-format.ts";

/** A web `Headers` of what came. */
export function toHeaders(incoming: IncomingHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming)) {
    if (typeof value !== "string") continue;
    try {
      headers.append(name, toByteString(value));
    } catch {
      // No header that HTTP can carry: only an event made by hand has one, and the others still count.
    }
  }
  return headers;
}

/** The headers by lower-case name, for a schema. */
export function toHeaderValues(incoming: IncomingHeaders): Readonly<Record<string, string>> {
  const values = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(incoming)) {
    if (typeof value !== "string") continue;
    const lower = name.toLowerCase();
    values[lower] = lower in values ? `${values[lower]}, ${value}` : value;
  }
  return values;
}

/** What `Headers` can hold: of text beyond Latin-1 its UTF-8 bytes, which are what was on the wire. */
function toByteString(value: string): string {
  // oxlint-disable-next-line no-control-regex -- every byte, the control characters too
  return /^[\x00-\xff]*$/.test(value) ? value : Buffer.from(value).toString("latin1");
}
