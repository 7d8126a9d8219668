/**
 * The address of a request. API Gateway's HTTP APIs give the path decoded and other services encoded, so whatever would
 * end the path is encoded, and what is encoded already stays as it is.
 */
export function toUrl(host: string | undefined, path: string, search: string): URL {
  const url = new URL(host !== undefined && URL.canParse(`https://${host}`) ? `https://${host}` : "https://localhost");
  // Through the setters, which take no part of the path for a host, a query or a fragment.
  url.pathname = path.replaceAll(/%(?![0-9a-f]{2})/gi, "%25");
  url.search = search;
  return url;
}
