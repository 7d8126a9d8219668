import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";

/** A subsegment document as it came to the daemon. */
export interface Document {
  readonly id: string;
  readonly name: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly start_time: number;
  readonly end_time?: number;
  readonly in_progress?: boolean;
  readonly fault?: boolean;
  readonly error?: boolean;
  readonly throttle?: boolean;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly cause?: { readonly id?: string; readonly exceptions?: readonly { readonly message: string; readonly type: string }[] };
  readonly http?: {
    readonly request?: { readonly url?: string; readonly method?: string };
    readonly response?: { readonly status?: number };
  };
  readonly aws?: Readonly<Record<string, unknown>>;
  readonly subsegments?: readonly Document[];
}

/** A subsegment with those below it, in the order of their start. */
export interface Node extends Document {
  readonly children: readonly Node[];
}

/** A stand-in for the X-Ray daemon: takes what the SDK sends, on a socket of its own. */
export class Daemon {
  readonly address: string;
  readonly documents: Document[] = [];
  readonly #close: () => void;

  private constructor(address: string, close: () => void) {
    this.address = address;
    this.#close = close;
  }

  static async start(): Promise<Daemon> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    // As much as the system gives: packets that do not fit are lost.
    socket.setRecvBufferSize(8 * 1_024 * 1_024);
    const { port } = socket.address();
    const daemon = new Daemon(`127.0.0.1:${port}`, () => socket.close());
    socket.on("message", (message) => {
      const [header = "", body = ""] = String(message).split("\n");
      if (header !== '{"format":"json","version":1}') throw new Error(`The packet begins with ${header}.`);
      daemon.documents.push(JSON.parse(body) as Document);
    });
    return daemon;
  }

  /** Waits until `count` documents have come, and until no more do. */
  async received(count: number): Promise<readonly Document[]> {
    for (let turn = 0; this.documents.length < count && turn < 20_000; turn++) await setImmediate();
    // What was sent as well would have come by now: packets keep their order on loopback.
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    return this.documents;
  }

  clear(): void {
    this.documents.length = 0;
  }

  close(): void {
    this.#close();
  }
}

/** The documents of one trace as trees, below the segment that Lambda writes. */
export function treesOf(documents: readonly Document[], parent: string, trace?: string): readonly Node[] {
  const own = documents.filter(({ parent_id, trace_id }) => parent_id === parent && (trace === undefined || trace_id === trace));
  return own
    .map((document) => ({ ...document, children: treesOf(documents, document.id, trace) }))
    .toSorted((one, other) => one.start_time - other.start_time);
}

/** A tree by its names alone. */
export type Names = { readonly [name: string]: Names };

/** The names of a tree, for comparison; of several with one name the last. */
export function namesOf(nodes: readonly Node[]): readonly (string | readonly [string, unknown])[] {
  return nodes.map(({ name, children }) => (children.length === 0 ? name : [name, namesOf(children)]));
}
