import { mustBe } from "@lamella/core/extend";

/** One segment of a pattern: text, or the name of a parameter, which is one segment or, greedy, the rest. */
export interface Segment {
  readonly kind: "static" | "param" | "greedy";
  readonly text: string;
}

const METHODS: ReadonlySet<string> = /* @__PURE__ */ new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"]);

/**
 * The method and the pattern of a key, the method `undefined` for a prefix.
 *
 * @throws {TypeError} When it is neither `METHOD /path` nor `/prefix`.
 */
export function parseKey(key: string): { readonly method: string | undefined; readonly pattern: string } {
  const [, method, pattern = ""] = /^(?:(\S+) )?(\/\S*)$/.exec(key) ?? [];
  mustBe(pattern !== "" && (method === undefined || METHODS.has(method)), "a key of router(…)", `"METHOD /path" or "/prefix"`, key);
  return { method, pattern };
}

/**
 * The segments of a pattern.
 *
 * @throws {TypeError} When one is not text or a parameter, a name is there twice, or something follows a greedy parameter.
 */
export function toSegments(pattern: string): readonly Segment[] {
  const names = new Set<string>();
  const parts = pattern.split("/").slice(1);
  // What ends in a slash is told apart elsewhere.
  if (parts.at(-1) === "") parts.pop();
  return parts.map((part, index): Segment => {
    const [, name, plus] = /^\{([\w.-]+)(\+?)\}$/.exec(part) ?? [];
    if (name === undefined) {
      mustBe(/^[^{}%?#]+$/.test(part), `a segment of "${pattern}"`, "plain text, not encoded, {name} or, at the end, {name+}", part);
      return { kind: "static", text: part };
    }
    mustBe(!names.has(name), `a parameter of "${pattern}"`, "there once", name);
    mustBe(plus === "" || index === parts.length - 1, `a greedy parameter of "${pattern}"`, "at the end", name);
    names.add(name);
    return { kind: plus === "" ? "param" : "greedy", text: name };
  });
}

/** A pattern behind a prefix; `/` is the prefix itself. */
export function join(prefix: string, pattern: string): string {
  const before = prefix.replace(/\/$/, "");
  return pattern === "/" && before !== "" ? before : before + pattern;
}
