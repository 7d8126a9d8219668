/** The path of an event, without the stage in front if one is given. */
export function toPath(path: string | null | undefined, stage?: string): string {
  const prefix = `/${stage}`;
  return (stage !== undefined && `${path}/`.startsWith(`${prefix}/`) ? path?.slice(prefix.length) : path) || "/";
}
