import { LamellaError } from "@lamella/core";

/** A simulation could not be run, or does not know what it was asked for. */
export class SimulationError extends LamellaError {
  readonly code = "LAMELLA_SIMULATION";
  override readonly name = "SimulationError";
}
