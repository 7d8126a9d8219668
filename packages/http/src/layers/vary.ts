/** Says that the reply depends on a request header, if nothing said so before. */
export function vary(headers: Headers, name: string): void {
  const given = headers.get("vary")?.split(",") ?? [];
  const names = given.map((value) => value.trim().toLowerCase());
  if (!names.includes("*") && !names.includes(name.toLowerCase())) headers.append("vary", name);
}
