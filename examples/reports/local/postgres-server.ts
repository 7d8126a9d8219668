import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";

/** PostgreSQL over a socket on loopback. */
export interface PostgresServer {
  readonly port: number;
  /** The password that new sessions must give. */
  password: string;
  /** How many sessions were let in, and how many were refused. */
  readonly sessions: { opened: number; closed: number; refused: number };
  /** Ends all sessions, as a rotation does that ends those of the old login. */
  readonly endSessions: () => void;
  readonly stop: () => Promise<void>;
}

/** Serves an embedded database to clients that know the password, in PostgreSQL's own protocol, version 3. */
export async function servePostgres(database: PGlite, password: string): Promise<PostgresServer> {
  const sockets = new Set<Socket>();
  const sessions = { opened: 0, closed: 0, refused: 0 };
  // The database has one session for all, so that the messages of one client must not come between those of another.
  let turn: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    serve(socket).catch(() => socket.destroy());
  });

  async function serve(socket: Socket): Promise<void> {
    let hasStarted = false;
    let isIn = false;
    let pending: Uint8Array[] = [];
    for await (const { type, frame } of frames(socket, () => hasStarted)) {
      if (!hasStarted) {
        // A request for TLS, which is turned down, comes before the start.
        const isTls = frame.readInt32BE(4) === 80_877_103;
        hasStarted = !isTls;
        socket.write(isTls ? "N" : message("R", int32(3)));
      } else if (!isIn) {
        isIn = type === "p" && frame.subarray(5, -1).toString() === self.password;
        if (!isIn) {
          sessions.refused++;
          socket.end(message("E", Buffer.from("SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0")));
          return;
        }
        sessions.opened++;
        socket.on("close", () => sessions.closed++);
        const settings = [
          ["server_version", "17.5"],
          ["client_encoding", "UTF8"],
        ].map((setting) => message("S", Buffer.from(`${setting.join("\0")}\0`)));
        socket.write(Buffer.concat([message("R", int32(0)), ...settings, message("Z", Buffer.from("I"))]));
      } else if (type === "X") {
        socket.end();
        return;
      } else {
        pending.push(frame);
        // Together up to where the client waits for an answer: a sync, a flush, or a query on its own.
        if (!"SHQ".includes(type)) continue;
        const messages = pending;
        pending = [];
        turn = turn.then(async () => {
          for (const each of messages) socket.write(await database.execProtocolRaw(each));
        });
        await turn;
      }
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const self: PostgresServer = {
    port: (server.address() as AddressInfo).port,
    password,
    sessions,
    endSessions: () => {
      for (const socket of sockets) socket.destroy();
    },
    stop: async () => {
      self.endSessions();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

/** The messages of a client. Those before the start have no type. */
async function* frames(socket: Socket, hasStarted: () => boolean): AsyncGenerator<{ readonly type: string; readonly frame: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (;;) {
      const typed = hasStarted() ? 1 : 0;
      if (rest.length < typed + 4) break;
      const length = typed + rest.readInt32BE(typed);
      if (rest.length < length) break;
      yield { type: typed === 1 ? String.fromCharCode(rest[0] as number) : "", frame: rest.subarray(0, length) };
      rest = rest.subarray(length);
    }
  }
}

function message(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
