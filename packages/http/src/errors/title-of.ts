/** What a status is called. */
export function titleOf(status: number): string {
  // Not by an import: outside of Lambda, whose runtime has loaded it, this module takes longer to load than all others
  // together. A list of our own would be in every bundle.
  return process.getBuiltinModule("node:http").STATUS_CODES[status] ?? "Error";
}
