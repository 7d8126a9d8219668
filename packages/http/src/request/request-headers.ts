import { TOKEN } from "../response/header-fields.ts";
import { toHeaders } from "./to-headers.ts";
import type { Listed } from "./to-values.ts";

// What needs no more than to be found: a web `Headers` trims values, refuses some, and takes bytes for characters.
const VALUE = /^[!-~]([ -~]*[!-~])?$/;

/**
 * The headers of a request as a web `Headers`, which is made when more is wanted of it than to look up names: making one
 * costs more than all the rest of a request, and the first in a process loads Node's implementation of `fetch`.
 *
 * It is no `instanceof Headers`, because asking for that class would load it; all that takes a `Headers` takes it.
 */
export class RequestHeaders implements Headers {
  readonly #incoming: Listed;
  #web: Headers | undefined;

  constructor(incoming: Listed) {
    this.#incoming = incoming;
  }

  get(name: string): string | null {
    if (this.#web === undefined && TOKEN.test(name)) {
      const found = this.#find(name.toLowerCase());
      if (found !== undefined) return found;
    }
    return this.#made.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  append(name: string, value: string): void {
    this.#made.append(name, value);
  }

  delete(name: string): void {
    this.#made.delete(name);
  }

  set(name: string, value: string): void {
    this.#made.set(name, value);
  }

  getSetCookie(): string[] {
    return this.#made.getSetCookie();
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  entries(): ReturnType<Headers["entries"]> {
    return this.#made.entries();
  }

  keys(): ReturnType<Headers["keys"]> {
    return this.#made.keys();
  }

  values(): ReturnType<Headers["values"]> {
    return this.#made.values();
  }

  [Symbol.iterator](): ReturnType<Headers["entries"]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }

  get #made(): Headers {
    return (this.#web ??= toHeaders(this.#incoming));
  }

  /** The value of a name in lower case, or `null`; `undefined` where only a web `Headers` can tell. */
  #find(wanted: string): string | null | undefined {
    let found: string | null = null;
    for (const name of Object.keys(this.#incoming)) {
      if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue;
      const given = this.#incoming[name];
      const value = Array.isArray(given) && given.length === 1 ? (given[0] as unknown) : given;
      // Several values, or several spellings of one name, are joined, and letters beyond ASCII may be small ones of ASCII.
      if (typeof value !== "string" || found !== null || !VALUE.test(value) || !TOKEN.test(name)) return undefined;
      found = value;
    }
    return found;
  }
}
