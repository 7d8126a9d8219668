import type { HttpEventInput } from "@lamella/testing";
import type { ServiceName } from "./services.ts";

/** What a handler does, in data, so that any library can run the case. */
export type Does =
  /** Replies 200 with a `Picture` of the request as JSON. */
  | { readonly does: "mirror" }
  | {
      readonly does: "reply";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string | Uint8Array;
    }
  /** The same, as a web `Response`. */
  | {
      readonly does: "respond";
      readonly status: number;
      readonly headers?: readonly (readonly [string, string])[];
      readonly body?: string | Uint8Array;
    }
  | { readonly does: "return"; readonly value: unknown }
  /** Throws an `Error`, with members of its own if there are any. */
  | { readonly does: "throw"; readonly message: string; readonly with?: Readonly<Record<string, unknown>> };

/** A request as a handler sees it. */
export interface Picture {
  readonly method: string;
  readonly path: string;
  /** What follows the host in the address. */
  readonly target: string;
  /** Every value of the query, decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly clientIp: string;
  /** In base64, so that no byte is lost. */
  readonly body: string;
}

/** A reply as the client sees it. */
export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that must not be there. */
  readonly noHeaders: readonly string[];
  readonly cookies: readonly string[];
  /** Bytes, in base64. */
  readonly bytes: string;
  readonly text: string;
  /** Whether the reply says that its body is base64. */
  readonly isBase64: boolean;
  /** What must not be anywhere in the reply. */
  readonly hides: string;
}

export interface EdgeCase {
  /** Completes a sentence that begins with "it". */
  readonly name: string;
  readonly request?: HttpEventInput;
  /** @default { does: "mirror" } */
  readonly handler?: Does;
  /** Changes the event, a copy of what the service would send: for events that nobody sends on purpose. */
  readonly change?: (event: Record<string, unknown>) => unknown;
  /** Whether the source is told to leave the stage out. @default false */
  readonly stripStage?: boolean;
  /** Where the case does not apply, why. */
  readonly not?: Partial<Record<ServiceName, string>>;
  /** Services that see it their own way, and how. */
  readonly but?: Partial<Record<ServiceName, Partial<Picture>>>;
  /** What the handler sees. */
  readonly picture?: Partial<Picture>;
  /** What the client sees. */
  readonly seen?: Partial<Seen>;
}
