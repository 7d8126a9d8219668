/** The path of an event, without the stage in front if one is given. */
export function toPath(path: string | null | undefined, stage?: string): string {
  const prefix = `/${stage}`;
  // The default stage of an HTTP API is in no path.
  return (stage !== undefined && stage !== "$default" && `${path}/`.startsWith(`${prefix}/`) ? path?.slice(prefix.length) : path) || "/";
}
