import { inLambda, onManagedInstance } from "./in-lambda.ts";
import { isRegistered } from "./registered.ts";

let hasWarned = false;

/** Says once that nothing will be shut down, where that is so. */
export function warnOfShutdown(): void {
  if (hasWarned || !inLambda() || isRegistered()) return;
  hasWarned = true;
  console.warn(
    onManagedInstance()
      ? "[lamella] shutdown does not run on Lambda Managed Instances: signals do not reach the function there."
      : "[lamella] shutdown will not run: Lambda sends SIGTERM only to who asks for it while the module is loaded. " +
          "Write `export const handler = await ready(wrap(…))`, or in CommonJS `exports.handler = readySync(wrap(…))`.",
  );
}
