import { LamellaError } from "@lamella/core";

/** A rotation was asked for a version of a secret that is not to be rotated. */
export class RotationVersionError extends LamellaError {
  readonly code = "LAMELLA_ROTATION_VERSION";
  override readonly name = "RotationVersionError";

  constructor(problem: string) {
    super(`The rotation was not run: ${problem}. Look at the secret's versions and their labels, or rotate it anew.`);
  }
}
