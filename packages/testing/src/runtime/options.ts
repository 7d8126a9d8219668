import { mustBe } from "@lamella/core/extend";

/** How a function runs, and under which client. */
export interface RuntimeOptions {
  /** Environment variables besides those that Lambda sets. The variables of this process are not handed on. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The function's timeout, in milliseconds; 1 or more. @default 3_000 */
  readonly timeoutMs?: number | undefined;
  /** How long the init phase may take, in milliseconds; 1 or more. @default 10_000 */
  readonly initTimeoutMs?: number | undefined;
  /** How long after SIGTERM the process is killed, in milliseconds; 0 or more. Lambda gives 300, sometimes more. @default 300 */
  readonly shutdownMs?: number | undefined;
  /** What the function is told to have, in megabytes; nothing limits it. @default 128 */
  readonly memorySizeMb?: number | undefined;
  readonly functionName?: string | undefined;
  /** How many invocations one process gets at once, as on Lambda Managed Instances; 1 or more. @default one after the other */
  readonly maxConcurrency?: number | undefined;
  /** Stops the process between invocations, as Lambda does. Not on Managed Instances. @default true */
  readonly freezes?: boolean | undefined;
  /**
   * What runs the function: `"aws-lambda-ric"`, Lambda's own client, which has to be installed; `"lamella"`, a small one
   * that behaves like it; or the path of one.
   * @default Lambda's own where it is installed, by the function or here
   */
  readonly client?: "aws-lambda-ric" | "lamella" | (string & {}) | undefined;
  /** The Node.js that runs it. @default the one that runs this process */
  readonly node?: string | undefined;
}

/** A function by the file of its bundle. */
export interface FileOptions extends RuntimeOptions {
  /** The bundle: a `.js`, `.mjs` or `.cjs` file. */
  readonly file: string | URL;
  /** The name of the export. @default "handler" */
  readonly handler?: string | undefined;
}

/** A function by its `Handler` setting. */
export interface HandlerOptions extends RuntimeOptions {
  /** As in a template: `dist/index.handler`. */
  readonly handler: string;
  /** What the setting is relative to. @default the working directory */
  readonly taskRoot?: string | undefined;
  readonly file?: undefined;
}

/**
 * @throws {TypeError} When an option is of the wrong kind.
 * @throws {RangeError} When a number is out of its range.
 */
export function checkOptions(options: FileOptions | HandlerOptions): void {
  const where = "startRuntime";
  mustBe(typeof options === "object" && options !== null, `${where}(…)`, "an object", options);
  const { file, handler, env, freezes, client, node } = options;
  mustBe(file === undefined || typeof file === "string" || file instanceof URL, `${where}({ file })`, "a path or a URL", file);
  const isNamed =
    file === undefined ? typeof handler === "string" && /[^.]\.[^.]/.test(handler) : handler === undefined || typeof handler === "string";
  mustBe(isNamed, `${where}({ handler })`, file === undefined ? `such as "dist/index.handler", or file` : "the name of an export", handler);
  mustBe(env === undefined || (typeof env === "object" && env !== null), `${where}({ env })`, "an object", env);
  mustBe(freezes === undefined || typeof freezes === "boolean", `${where}({ freezes })`, "true or false", freezes);
  mustBe(client === undefined || typeof client === "string", `${where}({ client })`, "a name or a path", client);
  mustBe(node === undefined || typeof node === "string", `${where}({ node })`, "a path", node);
  for (const name of ["timeoutMs", "initTimeoutMs", "memorySizeMb", "maxConcurrency"] as const) {
    const value = options[name];
    mustBe(value === undefined || value >= 1, `${where}({ ${name} })`, "1 or more", value, RangeError);
  }
  const { shutdownMs } = options;
  mustBe(shutdownMs === undefined || shutdownMs >= 0, `${where}({ shutdownMs })`, "0 or more milliseconds", shutdownMs, RangeError);
}
