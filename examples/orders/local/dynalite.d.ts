declare module "dynalite" {
  import type { Server } from "node:http";

  /** An embedded DynamoDB; kept in memory where no path is given. */
  export default function dynalite(options?: { readonly createTableMs?: number }): Server;
}
