/** Header values by name, in any case. */
export type IncomingHeaders = Readonly<Record<string, string | null | undefined>>;

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

/** What `Headers` can hold: of text beyond Latin-1 its UTF-8 bytes, which are what was on the wire. */
function toByteString(value: string): string {
  // oxlint-disable-next-line no-control-regex -- every byte, the control characters too
  return /^[\x00-\xff]*$/.test(value) ? value : Buffer.from(value).toString("latin1");
}
