/** The address that the service itself saw, which it puts last: what stands before it, the client may have made up. */
export function lastAddress(headers: Headers): string | undefined {
  const last = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  // A load balancer can be told to add the port.
  return last?.replace(/^\[(.+)\](:\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1") || undefined;
}
