// On the global object, because a bundle may hold two copies of this package, and Lambda takes the extension's name once.
const REGISTERED = Symbol.for("lamella.registered");

type Global = { [REGISTERED]?: boolean | undefined };

/** Whether this process has asked Lambda for SIGTERM. */
export function isRegistered(): boolean {
  return (globalThis as Global)[REGISTERED] === true;
}

export function setRegistered(): void {
  (globalThis as Global)[REGISTERED] = true;
}
