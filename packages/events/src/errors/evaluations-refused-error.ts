import { LamellaError } from "@lamella/core";

/** AWS Config did not take all evaluations of a rule. */
export class EvaluationsRefusedError extends LamellaError {
  readonly code = "LAMELLA_EVALUATIONS_REFUSED";
  override readonly name = "EvaluationsRefusedError";

  constructor(refused: readonly { readonly ComplianceResourceType?: unknown; readonly ComplianceResourceId?: unknown }[]) {
    const [first] = refused;
    super(
      `AWS Config refused ${refused.length} ${refused.length === 1 ? "evaluation" : "evaluations"}, the first of ${String(first?.ComplianceResourceType)} ${String(first?.ComplianceResourceId)}. Check the types and ids of the resources.`,
    );
  }
}
