/** Says that the reply depends on a request header, if nothing said so before. */
export function vary(headers: Headers, name: string): void {
  const given = headers.get("vary")?.toLowerCase().split(",") ?? [];
  const names = new Set(given.map((value) => value.trim()));
  if (!names.has("*") && !names.has(name.toLowerCase())) headers.append("vary", name);
}
