import { isRegistered, setRegistered } from "./registered.ts";

/** The name under which Lambda knows the extension. It is no file in `/opt/extensions`, which makes it an internal one. */
const NAME = "lamella";
const PATH = "/2020-01-01/extension";

/**
 * Registers an extension that does nothing, because only then Lambda sends SIGTERM. Lambda takes it until the runtime
 * client asks for the first invocation, so it has to be awaited while the module is loaded. Never rejects.
 *
 * AWS: "Using the Lambda Extensions API to create extensions".
 */
export async function register(): Promise<void> {
  if (isRegistered()) return;
  setRegistered();
  const { request } = process.getBuiltinModule("node:http");
  const target = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}${PATH}`;
  try {
    const id = await new Promise<string>((resolve, reject) => {
      const headers = { "content-type": "application/json", "lambda-extension-name": NAME };
      request(`${target}/register`, { method: "POST", headers }, (response) => {
        response.resume();
        const found = response.headers["lambda-extension-identifier"];
        if (response.statusCode === 200 && typeof found === "string") resolve(found);
        else reject(new Error(`Lambda answered ${response.statusCode}`));
      })
        .on("error", reject)
        .end('{"events":[]}');
    });
    waitForever(id);
  } catch (error) {
    refused(error);
  }
}

/** Asks for the extension's first event, which never comes. Lambda waits for this before the first invocation. */
export function waitForever(id: string): void {
  const { request } = process.getBuiltinModule("node:http");
  const target = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}${PATH}/event/next`;
  request(target, { headers: { "lambda-extension-identifier": id } }, (response) => response.resume())
    // A handler that never settles would otherwise hang until the timeout: the socket would keep the process alive.
    .on("socket", (socket) => socket.unref())
    .on("error", () => {})
    .end();
}

export function refused(error: unknown): void {
  console.error("[lamella] shutdown will not run, because the extension that asks Lambda for SIGTERM was refused:", error);
}
