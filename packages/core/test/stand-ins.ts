import type { Base, Layer } from "../src/index.ts";

// Layers without bodies, for type tests: small enough that a message about them can be read.
export interface Log {
  readonly info: (message: string, keys?: object) => void;
}
export interface Trace {
  readonly span: <T>(name: string, work: () => T) => T;
}
export declare function logger(options?: { readonly service?: string }): Layer<unknown, {}, { readonly log: Log }>;
export declare function tracer(): Layer<unknown, {}, { readonly trace: Trace }>;
/** Needs what an earlier layer adds. */
export declare function audit(): Layer<unknown, { readonly log: Log }, { readonly audit: (line: string) => void }>;
/** `Item` and `Ctx` come from where it stands. */
export declare function once<Item, Ctx = {}>(options: { readonly key: (item: Item, ctx: Base & Ctx) => string }): Layer<Item, Ctx, {}>;
/** Uses a log if there is one. */
export declare function quiet(): Layer<unknown, Pick<Base, "lambda"> & { readonly log?: Log }, {}>;
export declare function add<const Name extends string, Value>(
  name: Name,
  value: Value,
): Layer<unknown, {}, { readonly [P in Name]: Value }>;
/** For items that have a URL. */
export declare function forUrls(): Layer<{ readonly url: URL }, {}, {}>;
