import type { Layer, Source } from "@lamella/core";
import type { HttpRequest } from "../src/index.ts";

// Declarations alone, for type tests.

export interface Log {
  readonly info: (message: string, keys?: object) => void;
}
export declare function logger(): Layer<unknown, {}, { readonly log: Log }>;
export declare function cors(): Layer<HttpRequest, {}, {}>;
/** `Item` and `Ctx` come from where it stands. */
export declare function once<Item, Ctx = {}>(options: { readonly key: (item: Item, ctx: Ctx) => string }): Layer<Item, Ctx, {}>;
/** A source whose items are no requests. */
export declare function messages(): Source<{
  event: { Records: [] };
  reply: void;
  item: { readonly body: string };
  context: unknown;
  output: unknown;
}>;
