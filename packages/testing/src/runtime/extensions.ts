import { randomUUID } from "node:crypto";

/** Something that the Extensions API refuses. */
export interface Refusal {
  readonly errorType: string;
  readonly errorMessage: string;
}

interface Extension {
  readonly id: string;
  readonly name: string;
  readonly wantsInvocations: boolean;
  /** Hands it its next event, while it waits for one. */
  poll: ((event: object) => void) | undefined;
}

/** Lambda takes no more. */
const MOST = 10;

/**
 * The extensions of one environment. All are internal: they run in the function's own process.
 *
 * AWS: "Using the Lambda Extensions API to create extensions".
 */
export class Extensions {
  readonly #byId = new Map<string, Extension>();
  #isClosed = false;

  get count(): number {
    return this.#byId.size;
  }

  /** The runtime has asked for its first invocation: nobody may register any more. */
  closeRegistration(): void {
    this.#isClosed = true;
  }

  /** Gives the extension's identifier. */
  register(name: string | undefined, body: string): string | Refusal {
    if (name === undefined || name === "") return refuse("Extension.InvalidExtensionName", "Empty extension name");
    if (this.#isClosed) return refuse("Extension.RegistrationClosed", "Extension registration closed already");
    const events = eventsOf(body);
    if (events === undefined) return refuse("InvalidRequestFormat", "The body must be JSON with a list of events");
    for (const event of events) {
      if (event === "SHUTDOWN") return refuse("Extension.InvalidEventType", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension");
      if (event !== "INVOKE") return refuse("Extension.InvalidEventType", `${String(event)}: ErrorInvalidEventType`);
    }
    if ([...this.#byId.values()].some((extension) => extension.name === name))
      return refuse("Extension.AlreadyRegistered", "Extension already registered");
    if (this.count === MOST) return refuse("Extension.TooManyExtensions", `Extension limit (${MOST}) reached`);
    const id = randomUUID();
    this.#byId.set(id, { id, name, wantsInvocations: events.includes("INVOKE"), poll: undefined });
    return id;
  }

  /** Has `poll` called with the extension's next event. */
  next(id: string | undefined, poll: (event: object) => void): Refusal | undefined {
    if (id === undefined) return refuse("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
    const extension = this.#byId.get(id);
    if (extension === undefined) return refuse("Extension.UnknownExtensionIdentifier", `Unknown extension ${id}`);
    extension.poll = poll;
    return undefined;
  }

  /** Whether all wait for an event, which ends the init phase, and an invocation. */
  get areIdle(): boolean {
    return [...this.#byId.values()].every(({ poll }) => poll !== undefined);
  }

  /** Tells those who want to know of an invocation. */
  invoke(event: object): void {
    for (const extension of this.#byId.values()) {
      if (!extension.wantsInvocations) continue;
      extension.poll?.({ eventType: "INVOKE", ...event });
      extension.poll = undefined;
    }
  }
}

function refuse(errorType: string, errorMessage: string): Refusal {
  return { errorType, errorMessage };
}

function eventsOf(body: string): readonly unknown[] | undefined {
  try {
    const { events = [] } = JSON.parse(body) as { readonly events?: unknown };
    return Array.isArray(events) ? events : undefined;
  } catch {
    return undefined;
  }
}
