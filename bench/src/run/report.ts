import { type Spread, spreadOf } from "../stats.ts";
import { showNs, showRange, showRatio, toTable } from "../table.ts";
import { showVerdict, type Verdict } from "../verdict.ts";
import type { Group } from "./group.ts";
import type { Measured } from "./measure.ts";

/** A case in a workload, summed up. */
export interface Figure {
  readonly workload: string;
  readonly name: string;
  /** Nanoseconds a call. */
  readonly ns: Spread;
  /** What it adds to the same round of the baseline, in nanoseconds. */
  readonly over: Spread;
  /** Of the baseline, or what it adds of what its peer adds; `undefined` where it has no peer. */
  readonly ratio: Spread | undefined;
}

export function toFigures({ baseline, compares, cases }: Group, measured: readonly Measured[]): Figure[] {
  return measured.map(({ workload, name, rounds }) => {
    const known = rounds.filter((ns) => ns !== undefined);
    const peer = cases.find((one) => one.name === name)?.peer;
    const over = compare(measured, workload, (at) => at(name) - at(baseline));
    const ratio =
      compares === "times"
        ? compare(measured, workload, (at) => at(name) / at(baseline))
        : peer === undefined
          ? undefined
          : compare(measured, workload, (at) => (at(name) - at(baseline)) / (at(peer) - at(baseline)));
    return { workload, name, ns: spreadOf(known), over, ratio };
  });
}

/** What `figure` gives in the rounds in which all that it asks for was measured. */
export function compare(measured: readonly Measured[], workload: string, figure: (at: (name: string) => number) => number): Spread {
  const count = Math.max(...measured.map(({ rounds }) => rounds.length));
  const values = Array.from({ length: count }, (_, round) =>
    figure((name) => measured.find((one) => one.workload === workload && one.name === name)?.rounds[round] ?? NaN),
  ).filter((value) => Number.isFinite(value));
  return spreadOf(values);
}

export function showGroup({ title, baseline, compares, workloads }: Group, figures: readonly Figure[]): string {
  const head = ["", "a call", "middle half", `over ${baseline}`, compares === "times" ? `of ${baseline}` : "of middy's", "middle half"];
  const tables = workloads.map((workload) => {
    const rows = figures.filter((figure) => figure.workload === workload.name).map((figure) => toRow(figure, figure.name === baseline));
    return `${title}: ${workload.title}\n${toTable(head, rows)}`;
  });
  return tables.join("\n\n");
}

function toRow({ name, ns, over, ratio }: Figure, isBaseline: boolean): string[] {
  const row = [name, showNs(ns.median), showRange(ns, showNs), isBaseline ? "" : showNs(over.median)];
  return ratio === undefined ? row : [...row, showRatio(ratio.median), showRange(ratio, showRatio)];
}

/** The budgets of a group. */
export function verdictsOf({ name: group }: Group, figures: readonly Figure[], measured: readonly Measured[]): Verdict[] {
  const ratioOf = (workload: string, name: string) => figures.find((figure) => figure.workload === workload && figure.name === name)?.ratio;
  if (group === "overhead") {
    return ["fresh", "io", "tight"].flatMap((workload) =>
      ["sync", "async"].map((form) =>
        toVerdict(`5 ${form} layers over bare, of Middy's, ${workload}`, 0.25, ratioOf(workload, `lamella 5 ${form}`)),
      ),
    );
  }
  if (group === "sqs") {
    return ["10", "1000"].map((size) => toVerdict(`${size} messages, of the loop by hand`, 1.15, ratioOf(size, "lamella")));
  }
  if (group === "kinesis") return [toVerdict("100 records, of the loop by hand", 1.3, ratioOf("100", "lamella"))];
  if (group === "dynamodb") {
    const ofUnmarshall = compare(measured, "100", (at) => at("lamella") / at("util-dynamodb"));
    return [toVerdict("100 changes of 20 attributes, of a loop with util-dynamodb's unmarshall", 0.2, ofUnmarshall)];
  }
  // The design gives the others no budget.
  if (group !== "http") return [];
  return ["middy", "lambda-api", "hono"].map((peer) =>
    toVerdict(
      `a JSON route, of ${peer}`,
      1,
      compare(measured, "post", (at) => at("lamella") / at(peer)),
    ),
  );
}

function toVerdict(figure: string, budget: number, spread: Spread | undefined): Verdict {
  if (spread === undefined) throw new Error(`Nothing was measured for ${figure}.`);
  return { figure, budget, value: spread.median, low: spread.low, high: spread.high };
}

export function showVerdicts(verdicts: readonly Verdict[]): string {
  return verdicts.map((verdict) => showVerdict(verdict)).join("\n");
}
