/** A segment that a web `URL` resolves, encoded or not. */
const DOTS = /(?<=^|\/)(?:\.|%2e){1,2}(?=\/|$)/gi;

/**
 * The address of a request. API Gateway's HTTP APIs give the path decoded and other services encoded, so whatever would
 * end the path is encoded, and what is encoded already stays as it is.
 *
 * A web `URL` leaves out `.` and goes up for `..`, `%2e%2e` too: `/public/../admin`, which the service took to be under
 * `/public`, would be under `/admin`. So such a segment is encoded, once more where it came encoded.
 */
export function toUrl(isPlain: boolean, host: unknown, path: string, search: string): URL {
  const url = new URL(`http${isPlain ? "" : "s"}://localhost`);
  // Through the setters, which never throw, and take no part of the path for a host, a query or a fragment. They leave out
  // line breaks and tabs, and make a slash of a backslash.
  if (typeof host === "string") url.host = host;
  const whole = path.replaceAll(DOTS, (dots) => dots.replaceAll(/\.|%2e/gi, (dot) => (dot === "." ? "%252E" : `%25${dot.slice(1)}`)));
  url.pathname = whole.replaceAll(/%(?![0-9a-f]{2})|[\t\n\r\\]/gi, encodeURIComponent);
  url.search = search;
  return url;
}
