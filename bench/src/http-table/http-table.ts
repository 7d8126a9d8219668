import { writeFile } from "node:fs/promises";
import type { Context } from "aws-lambda";
import type { EdgeCase, Picture } from "../../../packages/http/test/edge-cases/edge-case.ts";
import { eventCases } from "../../../packages/http/test/edge-cases/event-cases.ts";
import { replyCases } from "../../../packages/http/test/edge-cases/reply-cases.ts";
import { requestCases } from "../../../packages/http/test/edge-cases/request-cases.ts";
import { type Service, services } from "../../../packages/http/test/edge-cases/services.ts";
import { context } from "../run/fixtures.ts";
import type { Peer } from "./peer.ts";
import { peers, versionOf } from "./peers.ts";

const rows = [...requestCases, ...eventCases, ...replyCases];
const PAGE = new URL("../../../docs/http-edge-cases.md", import.meta.url);

/** What became of a case with one library behind one service; `undefined` where it does not apply. */
type Verdict = { readonly ok: boolean; readonly why?: string } | undefined;

interface Score {
  readonly row: string;
  readonly service: string;
  readonly peer: string;
  readonly verdict: Verdict;
}

/** Runs the table of edge cases with every library, prints the scores and writes them to the docs. */
export async function httpTable(): Promise<unknown> {
  const scores: Score[] = [];
  for (const peer of peers) for (const service of services) for (const row of rows) scores.push(await score(peer, service, row));
  const page = toPage(scores);
  await writeFile(PAGE, page);
  console.log(page);
  return scores.map(({ verdict, ...rest }) => ({ ...rest, ...verdict }));
}

async function score(peer: Peer, service: Service, row: EdgeCase): Promise<Score> {
  const of = { row: row.name, service: service.name, peer: peer.name };
  const { request = {}, change = (event: unknown) => event, handler: does = { does: "mirror" } } = row;
  const picture = pictureFor(peer, service, row);
  // To strip a stage is an option of each library's own, where it has one.
  const applies =
    (row.stripStage === undefined || peer.strips === true) &&
    row.not?.[service.name] === undefined &&
    peer.services.includes(service.name) &&
    (peer.can?.(does) ?? true);
  if (!applies || (row.picture !== undefined && Object.keys(picture).length === 0)) return { ...of, verdict: undefined };
  // A gateway answers 502 to an invocation that rejects, and to a reply that it cannot read.
  const answer = await quietly(async (): Promise<Response> => {
    const invoke = await peer.open(does, service.name, row.stripStage);
    const reply = await withinSeconds(5, Promise.resolve(invoke(change(service.toEvent(request)) as never, freshContext())));
    return service.toResponse(JSON.parse(JSON.stringify(reply)) as never);
  }).catch(() => new Response(null, { status: 502 }));
  const why = await wrongIn(answer, row, picture);
  return { ...of, verdict: why === undefined ? { ok: true } : { ok: false, why } };
}

/** What of the row's picture the library's handlers can ask for. */
function pictureFor({ sees }: Peer, { name }: Service, { picture, but }: EdgeCase): Partial<Picture> {
  return Object.fromEntries(
    Object.entries({ ...picture, ...(picture && but?.[name]) }).filter(([key]) => sees.includes(key as keyof Picture)),
  );
}

/** What a client would see that is not as the row says; how the reply is packed is each library's own affair. */
async function wrongIn(answer: Response, { seen = {}, handler }: EdgeCase, picture: Partial<Picture>): Promise<string | undefined> {
  const { status = 200, headers = {}, noHeaders = [], cookies, text, bytes, hides } = seen;
  const body = Buffer.from(await answer.arrayBuffer());
  const isStatus = status === 500 ? answer.status >= 500 : answer.status === status;
  if (!isStatus) return `status ${answer.status}`;
  for (const [name, value] of Object.entries(headers)) {
    // What a library takes for the type of what is returned or thrown is its own choice.
    if (name === "content-type" && (handler?.does === "return" || handler?.does === "throw" || handler?.does === "reply")) continue;
    const [got, wanted] = [answer.headers.get(name), value].map((one) => normal(name === "content-type" ? one?.split(";")[0] : one));
    if (got !== wanted) return `${name}: ${answer.headers.get(name)}`;
  }
  for (const name of noHeaders) if (answer.headers.has(name)) return `${name} is there`;
  if (cookies !== undefined && !same(answer.headers.getSetCookie(), cookies)) return `cookies ${answer.headers.getSetCookie().length}`;
  if (text !== undefined && body.toString() !== text) return "another body";
  if (bytes !== undefined && body.toString("base64") !== bytes) return "another body";
  if (hides !== undefined && (body.toString() + JSON.stringify([...answer.headers])).includes(hides)) return "it tells";
  if (Object.keys(picture).length === 0) return undefined;
  const got = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
  return Object.entries(picture).find(([key, value]) => !matches(key, got[key], value))?.[0];
}

function matches(key: string, got: unknown, wanted: unknown): boolean {
  if (key !== "headers") return same(got, wanted);
  return Object.entries(wanted as object).every(([name, value]) => normal((got as Record<string, unknown>)?.[name]) === normal(value));
}

/** Without what differs and means the same: spaces around commas and semicolons, the case of a charset. */
function normal(value: unknown): string {
  return String(value)
    .toLowerCase()
    .replaceAll(/\s*([,;])\s*/g, "$1");
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function freshContext(): Context {
  return { ...context };
}

async function withinSeconds<T>(seconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("timed out")), seconds * 1_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Keeps what libraries log of errors off the table. */
async function quietly<T>(act: () => Promise<T>): Promise<T> {
  const { error, warn, log } = console;
  console.error = console.warn = console.log = () => {};
  try {
    return await act();
  } finally {
    Object.assign(console, { error, warn, log });
  }
}

function toPage(scores: readonly Score[]): string {
  const cell = (peer: string, service: string) => {
    const counted = scores.filter((one) => one.peer === peer && one.service === service && one.verdict !== undefined);
    return counted.length === 0 ? "n/a" : `${counted.filter(({ verdict }) => verdict?.ok).length} / ${counted.length}`;
  };
  const table = peers.map(({ name }) => `| ${name} | ${services.map((service) => cell(name, service.name)).join(" | ")} |`);
  const missed = peers.map(({ name, setUp }) => {
    const failed = Object.entries(
      Object.groupBy(
        scores.filter((one) => one.peer === name && one.verdict?.ok === false),
        ({ row }) => row,
      ),
    );
    const lines = failed.map(
      ([row, all = []]) => `- it ${row}: ${all.map(({ service, verdict }) => `${service} (${verdict?.why})`).join("; ")}`,
    );
    return [
      `### ${`${name} ${versionOf(name)}`.trim()}`,
      "",
      `Set up: ${setUp}.`,
      "",
      ...(lines.length === 0 ? ["Nothing missed."] : lines),
      "",
    ].join("\n");
  });
  return [
    "# Edge cases of HTTP, and who gets them right",
    "",
    `Written by \`npx -y pnpm@12 bench http-table\` on ${new Date().toISOString().slice(0, 10)}, Node ${process.version.slice(1)}.`,
    "",
    `The table of [\`packages/http/test/edge-cases\`](../packages/http/test/edge-cases), ${rows.length} cases, run with every library behind every service that it says it is for. The cases are ours, so Lamella's score says that its tests pass, and not that it is finished; the others were written against other lists.`,
    "",
    `| cases right | ${services.map(({ name }) => name).join(" | ")} |`,
    `|---|${services.map(() => "---").join("|")}|`,
    ...table,
    "",
    "What counts:",
    "",
    "- What a client sees of the reply (after the service has unpacked it), and what a handler sees of the request. How a reply is packed, as text or base64, is not looked at.",
    "- `n/a`, and left out of the count: services that a library does not name, cases that a service cannot have, options that a library does not have, what a library's handlers cannot ask for or return without more packages (cookies in Express and Fastify, for example).",
    "- An invocation that rejects, and a reply that the service cannot read, are a 502. Where a case wants 500, any status from 500 on will do.",
    "- Spaces after commas, the case of names and the parameters of a content type do not matter; nor does the content type of what is returned without one.",
    "- Some cases are choices that another library may make differently on purpose, such as whether `path` is decoded, or dots in it resolved.",
    "",
    "## What was missed",
    "",
    ...missed,
  ].join("\n");
}
