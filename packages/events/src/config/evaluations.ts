import { OutputError } from "@lamella/core";
import type { RuleItem } from "./config-item.ts";

/** Whether a resource keeps a rule. */
export type Compliance = "COMPLIANT" | "NON_COMPLIANT" | "NOT_APPLICABLE";

/**
 * What was found of one resource.
 *
 * AWS: "Evaluation".
 */
export interface Evaluation {
  readonly compliance: Compliance;
  /** Such as `AWS::S3::Bucket`. @default the resource that changed; the account, of a rule that runs by schedule */
  readonly resourceType?: string | undefined;
  readonly resourceId?: string | undefined;
  /** Why; what is longer than 256 characters is cut. */
  readonly annotation?: string | undefined;
  /** When the resource was so. @default when the change was noticed, or the rule was run */
  readonly at?: Date | undefined;
}

/** What a handler may return: what was found of the resource that changed, or of any resources; or nothing. */
export type ConfigResult = Compliance | Evaluation | readonly Evaluation[] | undefined | void;

const COMPLIANCES: ReadonlySet<unknown> = /* @__PURE__ */ new Set<Compliance>(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]);
const MAX_ANNOTATION_CHARACTERS = 256;

/**
 * The evaluations that a handler returned, with all that it left out.
 *
 * @throws {OutputError} When AWS Config would refuse one.
 */
export function toEvaluations(returned: unknown, item: RuleItem<unknown>): readonly Required<Evaluation>[] {
  if (returned === undefined || returned === null) return [];
  const list: readonly unknown[] = Array.isArray(returned) ? returned : [returned];
  return list.map((each) => toEvaluation((typeof each === "string" ? { compliance: each } : each) as Evaluation | null, item));
}

function toEvaluation(evaluation: Evaluation | null, item: RuleItem<unknown>): Required<Evaluation> {
  const { compliance, annotation, at = item["~at"] } = evaluation ?? {};
  const { type, id } = item["~resource"];
  const { resourceType = type, resourceId = id } = evaluation ?? {};
  const wrong = (part: string, problem: string): never => {
    throw new OutputError({ part, problem });
  };
  if (compliance === undefined || !COMPLIANCES.has(compliance))
    return wrong("compliance", "is none of COMPLIANT, NON_COMPLIANT and NOT_APPLICABLE");
  if (typeof resourceType !== "string" || resourceType === "" || typeof resourceId !== "string" || resourceId === "")
    return wrong("evaluation", "names no resource");
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) return wrong("evaluation", "has no valid time");
  if (annotation !== undefined && typeof annotation !== "string") return wrong("annotation", "is no text");
  return { compliance, resourceType, resourceId, annotation: cut(annotation), at };
}

/** An empty one is refused. */
function cut(annotation: string | undefined): string | undefined {
  if (annotation === undefined || annotation.length <= MAX_ANNOTATION_CHARACTERS) return annotation || undefined;
  return `${annotation.slice(0, MAX_ANNOTATION_CHARACTERS - 1).toWellFormed()}…`;
}
