import type { Logger } from "@aws-lambda-powertools/logger";
import { Binding } from "./binding.ts";
import type { Scope } from "./scope.ts";

// A mark on the logger and no map of this module's: a bundle may hold two copies, and the logger is bound once.
const MARK = "~lamella";

/** The one binding of a logger that belongs to a team. */
export function bindingOf(logger: Logger & { [MARK]?: Binding }): Binding {
  const bound = logger[MARK];
  if (bound !== undefined) return bound;
  // Loaded for those who use it.
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  const binding = new Binding(logger, { storage: new AsyncLocalStorage<Scope>() });
  Object.defineProperty(logger, MARK, { value: binding });
  return binding;
}
