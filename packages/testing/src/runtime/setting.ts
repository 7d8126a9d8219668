import { existsSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileOptions, HandlerOptions } from "./options.ts";

/** What starts a process of the function. */
export interface Setting {
  readonly node: string;
  readonly clientPath: string;
  readonly client: string;
  readonly taskRoot: string;
  readonly env: Readonly<Record<string, string>>;
  readonly functionArn: string;
}

/**
 * Where the function is, and the environment that Lambda would give it.
 *
 * AWS: "Working with Lambda environment variables".
 *
 * @throws {Error} When the file or the client is not there.
 */
export function toSetting(options: FileOptions | HandlerOptions): Setting {
  const { functionName = "function", memorySizeMb = 128, maxConcurrency, node = process.execPath } = options;
  const { taskRoot, handler } = placeOf(options);
  const { client, clientPath } = clientOf(options.client, taskRoot);
  const isManaged = maxConcurrency !== undefined;
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_INITIALIZATION_TYPE: isManaged ? "lambda-managed-instances" : "on-demand",
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySizeMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef",
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: handler,
    // One thread, so that all invocations meet in it.
    ...(isManaged && {
      AWS_LAMBDA_MAX_CONCURRENCY: String(maxConcurrency),
      AWS_LAMBDA_NODEJS_WORKER_COUNT: "1",
      AWS_LAMBDA_LOG_FORMAT: "JSON",
    }),
    ...options.env,
  };
  return {
    node,
    client,
    clientPath,
    taskRoot,
    env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    functionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`,
  };
}

function placeOf(options: FileOptions | HandlerOptions): { readonly taskRoot: string; readonly handler: string } {
  if (options.file === undefined) return { taskRoot: resolve(options.taskRoot ?? "."), handler: options.handler };
  const file = resolve(options.file instanceof URL ? fileURLToPath(options.file) : options.file);
  if (!existsSync(file)) throw new Error(`startRuntime({ file }) found no ${file}. Build the bundle first.`);
  const name = basename(file, extname(file));
  if (name.includes("."))
    throw new Error(`startRuntime({ file }) cannot run ${basename(file)}: Lambda takes the first dot for the export's.`);
  return { taskRoot: dirname(file), handler: `${name}.${options.handler ?? "handler"}` };
}

const OFFICIAL = "aws-lambda-ric";

function clientOf(wanted: string | undefined, taskRoot: string): { readonly client: string; readonly clientPath: string } {
  // Beside this file: as source in this repository, else as it was built.
  const own = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./client/client.ts" : "./client/client.js", import.meta.url));
  if (wanted === "lamella") return { client: "lamella", clientPath: own };
  if (wanted !== undefined && wanted !== OFFICIAL) {
    if (!existsSync(wanted)) throw new Error(`startRuntime({ client }) found no ${wanted}`);
    return { client: wanted, clientPath: resolve(wanted) };
  }
  const official = findUp(taskRoot) ?? findUp(process.cwd());
  if (official !== undefined) return { client: OFFICIAL, clientPath: official };
  if (wanted === OFFICIAL)
    throw new Error(`startRuntime({ client }) found no ${OFFICIAL}. Install it with its build scripts, or use "lamella".`);
  return { client: "lamella", clientPath: own };
}

function findUp(from: string): string | undefined {
  const path = join(from, "node_modules", OFFICIAL, "index.mjs");
  // Without the file that its build makes it cannot start.
  if (existsSync(path) && existsSync(join(dirname(path), "rapid-client.node"))) return path;
  return dirname(from) === from ? undefined : findUp(dirname(from));
}
