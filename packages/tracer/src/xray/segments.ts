import type { Tracer } from "@aws-lambda-powertools/tracer";
import type { AnnotationValue } from "../trace.ts";

/** The segment that Lambda writes itself, or a subsegment. */
export type AnySegment = NonNullable<ReturnType<Tracer["getSegment"]>>;

/** A subsegment of the X-Ray SDK, with what its types leave out. */
export type Subsegment = ReturnType<AnySegment["addNewSubsegment"]> & { fault?: boolean | undefined; metadata?: unknown };

/** X-Ray takes letters, digits, spaces and some signs in a name, 200 characters at most. */
const FORBIDDEN = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu;

/** A name that X-Ray takes. AWS: "AWS X-Ray segment documents". */
export function toName(name: unknown): string {
  // A route's parameters are in braces.
  const plain = String(name)
    .replaceAll(/\{([^{}]*)\}/g, ":$1")
    .replaceAll(FORBIDDEN, "_");
  return plain.slice(0, 200) || "_";
}

/** A key that X-Ray takes for an annotation. */
export function toKey(key: string): string {
  return key.replaceAll(/[^A-Za-z0-9_.]/g, "_").slice(0, 500);
}

/** A value that X-Ray takes for an annotation. */
export function toValue(value: AnnotationValue): AnnotationValue {
  return typeof value === "string" ? value.slice(0, 1_000) : value;
}

/** The first of `segment` and those around it, up to `last`, that is open and no call of a service. */
export function openFrom(segment: AnySegment | undefined, last: Subsegment): Subsegment | undefined {
  let link = segment as Subsegment | undefined;
  while (link !== undefined) {
    // Those with a namespace are calls: of AWS, or of another service.
    if (!link.isClosed() && link.namespace === undefined) return link;
    link = link === last ? undefined : parentOf(link);
  }
  return undefined;
}

/** Whether `segment` is `ancestor` or below it. */
export function isWithin(segment: AnySegment | undefined, ancestor: Subsegment): boolean {
  let link = segment;
  while (link !== undefined && link !== ancestor) link = parentOf(link as Subsegment);
  return link !== undefined;
}

function parentOf(segment: Subsegment): Subsegment | undefined {
  return segment.parent as Subsegment | undefined;
}

/** Closes what is still open below `segment`, the innermost first: X-Ray never gets a subsegment with an open one in it. */
export function closeBelow(segment: Subsegment, isFault: boolean): void {
  // A copy, because what is closed and sent is taken off the list.
  for (const child of ((segment.subsegments ?? []) as Subsegment[]).slice()) {
    if (child.isClosed()) continue;
    closeBelow(child, isFault);
    if (isFault) child.addFaultFlag();
    child.close();
    // Whoever opened it closes it again when its work ends after all, and it would be sent twice.
    child.close = nothing;
  }
}

/** Sends what is still open as it is, so that it is seen even if the process is killed before it is closed. */
export function sendUnfinished(segment: Subsegment): void {
  for (const child of (segment.subsegments ?? []) as Subsegment[]) if (!child.isClosed()) sendUnfinished(child);
  const { subsegments = [] } = segment;
  // Each by itself: what is in another is not replaced when it is sent again.
  segment.subsegments = [];
  try {
    segment.flush();
  } finally {
    segment.subsegments = subsegments;
  }
}

function nothing(): void {}
