import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Redis } from "ioredis";

/** A server of its own, in a folder of its own, behind a socket in it. */
export interface Server {
  /** The path of the socket. */
  readonly socket: string;
  /** The folder that the socket is in. */
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

const onPath = (name: string, more: readonly string[] = []): string | undefined =>
  [...(process.env["PATH"] ?? "").split(delimiter), ...more].map((folder) => join(folder, name)).find(existsSync);

// Where Debian has it; the newest first.
const POSTGRES = "/usr/lib/postgresql";
const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES).toSorted((a, b) => Number(b) - Number(a)) : [];
const BIN = versions.map((version) => join(POSTGRES, version, "bin"));

/** What is installed on this machine. */
export const installed = {
  redis: onPath("redis-server"),
  postgres: onPath("initdb", BIN),
} as const;

/** Whether tests on a server are left out because it is not installed. `LAMELLA_REQUIRE_SERVERS=1` runs them all the same, so that they fail. */
export function isMissing(server: keyof typeof installed): boolean {
  if (installed[server] !== undefined || process.env["LAMELLA_REQUIRE_SERVERS"]) return false;
  process.stderr.write(`[lamella] left out: the tests on ${server}, which is not installed (CONTRIBUTING.md tells how)\n`);
  return true;
}

/** PostgreSQL refuses to run as root. */
function somebody(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [, , uid, gid] =
    readFileSync("/etc/passwd", "utf8")
      .match(/^(?:postgres|nobody):.*$/m)?.[0]
      .split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

function folderFor({ uid, gid }: { readonly uid?: number; readonly gid?: number }): string {
  // Short: the path of a socket takes 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), "lamella-"));
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

async function until(child: ChildProcess, isUp: () => boolean): Promise<void> {
  for (let tries = 0; !isUp(); tries++) {
    if (child.exitCode !== null || tries > 1_500) throw new Error(`The server did not start: exit code ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  if (child.exitCode === null && child.kill(signal)) await once(child, "exit");
  rmSync(folder, { recursive: true, force: true });
}

/** A port on loopback that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}

/** Starts `redis-server`, with nothing on disk. */
export async function startRedis(): Promise<Server & { readonly port: number }> {
  return startRedisWith([]);
}

async function startRedisWith(more: readonly string[]): Promise<Server & { readonly port: number }> {
  const folder = folderFor({});
  const port = await freePort();
  const socket = join(folder, "redis.sock");
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--unixsocket", socket, "--save", "", "--dir", folder, ...more];
  const child = spawn(installed.redis ?? "redis-server", args, { stdio: "ignore" });
  await once(child, "spawn");
  await until(child, () => existsSync(socket));
  return { socket, folder, port, stop: () => end(child, "SIGKILL", folder) };
}

/** Starts a cluster of two, each of which has half of the slots. */
export async function startRedisCluster(): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const startNode = async (from: number, to: number) => {
    const busPort = await freePort();
    const node = await startRedisWith(["--cluster-enabled", "yes", "--cluster-port", String(busPort)]);
    const client = new Redis({ host: "127.0.0.1", port: node.port });
    await client.call("CLUSTER", "ADDSLOTSRANGE", String(from), String(to));
    return { ...node, busPort, client };
  };
  const nodes = [await startNode(0, 8_191), await startNode(8_192, 16_383)] as const;
  const [first, second] = nodes;
  await first.client.call("CLUSTER", "MEET", "127.0.0.1", String(second.port), String(second.busPort));
  for (const { client } of nodes) {
    const isUp = async (): Promise<boolean> =>
      /cluster_state:ok[^]*cluster_slots_ok:16384\r/.test(String(await client.call("CLUSTER", "INFO")));
    while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 20));
    client.disconnect();
  }
  return { port: first.port, stop: async () => void (await Promise.all(nodes.map(({ stop }) => stop()))) };
}

/** Starts PostgreSQL with a database `postgres` of the user `postgres`, behind a socket alone. */
export async function startPostgres(): Promise<Server> {
  const who = somebody();
  const folder = folderFor(who);
  const data = join(folder, "data");
  const initdb = installed.postgres ?? "initdb";
  const run = { ...who, cwd: folder, stdio: "ignore", env: { ...process.env, LC_ALL: "C" } } as const;
  const made = spawn(initdb, ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], run);
  const [code] = (await once(made, "exit")) as [number | null];
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  // Nothing outlives the test, so nothing has to reach the disk.
  const settings = ["fsync=off", "full_page_writes=off", "max_connections=40", "shared_buffers=16MB", "max_prepared_transactions=0"];
  const args = ["-D", data, "-k", folder, "-h", "", ...settings.flatMap((setting) => ["-c", setting])];
  const child = spawn(initdb.replace(/initdb$/, "postgres"), args, run);
  await until(child, () => existsSync(join(folder, ".s.PGSQL.5432")) && existsSync(join(data, "postmaster.pid")) && isReady(data));
  return {
    socket: folder,
    folder,
    stop: async () => {
      // Once the clients have gone, or without waiting for those that do not.
      const impatient = setTimeout(() => child.kill("SIGINT"), 3_000);
      await end(child, "SIGTERM", folder);
      clearTimeout(impatient);
    },
  };
}

/** The eighth line of the file says how far the server has come. */
function isReady(data: string): boolean {
  return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[7]?.trim() === "ready";
}
