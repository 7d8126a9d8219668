/**
 * The address of a request. API Gateway's HTTP APIs give the path decoded and other services encoded, so whatever would
 * end the path is encoded, and what is encoded already stays as it is.
 */
export function toUrl(isPlain: boolean, host: unknown, path: string, search: string): URL {
  const url = new URL(`http${isPlain ? "" : "s"}://localhost`);
  // Through the setters, which never throw, and take no part of the path for a host, a query or a fragment. They leave out
  // line breaks and tabs, and make a slash of a backslash.
  if (typeof host === "string") url.host = host;
  url.pathname = path.replaceAll(/%(?![0-9a-f]{2})|[\t\n\r\\]/gi, encodeURIComponent);
  url.search = search;
  return url;
}
