import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { wrap } from "@lamella/core";
import { eventStream, functionUrl, http, httpLayer, reply, restApi, stream } from "@lamella/http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type HttpServiceName, type LocalServer, type ServeOptions, serve } from "./index.ts";

const run = promisify(execFile);
const CURL = await found("curl", "--version");
const CHROMIUM = (await found("chromium", "--version")) ?? (await found("google-chrome", "--version"));
const all: readonly HttpServiceName[] = ["restApi", "httpApi", "httpApiV1", "functionUrl", "alb", "albMulti", "lattice", "latticeV1"];

/** The program, if it is on this machine. */
async function found(program: string, argument: string): Promise<string | undefined> {
  return run(program, [argument]).then(
    () => program,
    () => undefined,
  );
}

let server: LocalServer | undefined;
async function start(handler: Parameters<typeof serve>[0], options: ServeOptions): Promise<string> {
  server = await serve(handler, options);
  return server.url;
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** CORS as far as these tests need it. */
const cors = httpLayer("cors", async ({ method, headers }, _ctx, next) => {
  const origin = headers.get("origin");
  if (origin === null) return next();
  if (method === "OPTIONS")
    return reply(204, undefined, {
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "x-token",
      "access-control-allow-credentials": "true",
    });
  const response = await next();
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-allow-credentials", "true");
  return response;
});

/** What the handler saw of a request, and two cookies. */
const mirror = wrap(http(), cors, ({ method, path, url, headers, cookies, bytes }) =>
  reply(
    200,
    {
      method,
      path,
      query: [...url.searchParams],
      tag: headers.get("x-tag"),
      token: headers.get("x-token"),
      cookies: { ...cookies },
      body: Buffer.from(bytes()).toString("base64"),
    },
    { "set-cookie": ["a=1; Path=/", "b=2; Path=/"] },
  ),
);

const ticks = async function* () {
  for (const data of ["one", "two", "three"]) yield { data, id: data };
};

describe.for(all)("serve() as %s", (as) => {
  it("passes on a request of fetch, and the reply", async () => {
    const url = await start(mirror, { as });

    const response = await fetch(`${url}/orders/1?tag=a&tag=b%20c`, {
      method: "PUT",
      headers: { "x-tag": "x", cookie: "s=1; t=2", "content-type": "application/octet-stream" },
      body: new Uint8Array([0, 255, 128]),
    });

    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Path=/"]);
    expect(await response.json()).toEqual({
      method: "PUT",
      path: "/orders/1",
      // Without multi-value headers a load balancer sends the last value alone.
      query: [...(as === "alb" ? [] : [["tag", "a"]]), ["tag", "b c"]],
      tag: "x",
      token: null,
      cookies: { s: "1", t: "2" },
      body: "AP+A",
    });
  });

  it("sends bytes, and the answer to HEAD without a body", async () => {
    const bytes = new Uint8Array([0, 255, 128]);
    const url = await start(
      wrap(http(), () => bytes),
      { as },
    );

    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(bytes);
    expect(await (await fetch(url, { method: "HEAD" })).text()).toBe("");
  });

  it("answers a CORS preflight", async () => {
    const url = await start(mirror, { as });

    const response = await fetch(url, {
      method: "OPTIONS",
      headers: { origin: "https://shop.example", "access-control-request-method": "PUT" },
    });

    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://shop.example");
  });

  it("answers 502 to an invocation that rejects, and tells of it", async () => {
    const onError = vi.fn();
    const error = new Error("broken");
    const url = await start(() => Promise.reject(error), { as, onError });

    expect((await fetch(url)).status).toBe(502);
    expect(onError).toHaveBeenCalledExactlyOnceWith(error);
  });

  it.skipIf(CURL === undefined)("serves curl (skipped where there is none)", async () => {
    const url = await start(mirror, { as });

    const { stdout } = await run("curl", [
      "-sS",
      "-i",
      "-X",
      "PUT",
      "-b",
      "s=1",
      "-H",
      "X-Tag: a",
      "-d",
      "x=1",
      `${url}//evil.example/x?q=%2C`,
    ]);

    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stdout.match(/^set-cookie: .*$/gim)).toEqual(
      ["set-cookie: a=1; Path=/\r", "set-cookie: b=2; Path=/\r"].map((line) => line.trimEnd()),
    );
    expect(stdout).toContain('"path":"//evil.example/x"');
    expect(stdout).toContain('"query":[["q",","]]');
  });
});

describe.for([
  { as: "functionUrl" as const, wrapped: (output: () => unknown) => stream(wrap(functionUrl(), output)) },
  { as: "restApi" as const, wrapped: (output: () => unknown) => stream(wrap(restApi(), output)) },
])("serve() as $as, streaming", ({ as, wrapped }) => {
  it("sends each chunk when it is made", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const url = await start(
      wrapped(async function* () {
        yield "first";
        await gate;
        yield "second";
      }),
      { as },
    );

    const reader = ((await fetch(url)).body as ReadableStream<Uint8Array>).getReader();

    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("first");
    release();
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("second");
    expect((await reader.read()).done).toBe(true);
  });

  it("ends the source when the client goes", async () => {
    const ended = vi.fn();
    const url = await start(
      wrapped(async function* () {
        try {
          for (;;) yield new Uint8Array(65_536);
        } finally {
          ended();
        }
      }),
      { as },
    );
    const leaving = new AbortController();
    const response = await fetch(url, { signal: leaving.signal });
    await response.body?.getReader().read();

    leaving.abort();

    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
  });

  it("breaks off where the stream fails midway", async () => {
    const url = await start(
      wrapped(async function* () {
        yield "first";
        throw new Error("midway");
      }),
      { as },
    );

    await expect((await fetch(url)).text()).rejects.toThrow();
  });

  it.skipIf(CURL === undefined)("sends events to curl (skipped where there is none)", async () => {
    const url = await start(
      wrapped(() => eventStream(ticks())),
      { as },
    );

    const { stdout } = await run("curl", ["-sS", "-N", "-i", url]);

    expect(stdout).toContain("content-type: text/event-stream; charset=utf-8");
    expect(stdout).toContain("id: one\ndata: one\n\nid: two\ndata: two\n\nid: three\ndata: three\n\n");
  });
});

describe("serve()", () => {
  it("answers 502 where a service cannot stream", async () => {
    const onError = vi.fn();
    const url = await start(stream(wrap(functionUrl(), () => "hi")) as never, { as: "alb", onError });

    expect((await fetch(url)).status).toBe(502);
    expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(TypeError);
  });

  it("answers a reply of API Gateway's 2.0 without a status as the body", async () => {
    const url = await start(async () => ({ a: 1 }), { as: "httpApi" });

    expect(await (await fetch(url)).json()).toEqual({ a: 1 });
  });

  it("listens on this machine only, and on no port once it is closed", async () => {
    const url = await start(mirror, { as: "alb" });

    expect(new URL(url).hostname).toBe("127.0.0.1");
    await server?.close();
    await expect(fetch(url)).rejects.toThrow();
    server = undefined;
  });

  it.for<Partial<ServeOptions>>([{ as: "webSocket" as never }, { timeoutMs: 0 }, { port: 70_000 }])("refuses %j", async (wrong) => {
    await expect(serve(mirror, { as: "alb", ...wrong })).rejects.toThrow(RangeError);
  });

  it.skipIf(CHROMIUM === undefined)(
    "serves a browser: cookies, preflight, events (skipped where there is no Chromium)",
    { timeout: 60_000 },
    async () => {
      const page = await serve(
        stream(
          wrap(functionUrl(), cors, ({ path, cookies }) => {
            if (path === "/events") return eventStream(ticks());
            if (path === "/cookies") return reply(200, { ...cookies });
            return reply(200, "<!doctype html><pre>waiting</pre><script>" + script + "</script>", {
              "content-type": "text/html",
              "set-cookie": ["a=1; Path=/", "b=2; Path=/"],
            });
          }),
        ) as never,
        { as: "functionUrl" },
      );
      const url = await start(mirror, { as: "albMulti" });
      try {
        const { stdout } = await run(
          CHROMIUM as string,
          [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--timeout=15000",
            "--virtual-time-budget=10000",
            "--dump-dom",
            `${page.url}/?other=${encodeURIComponent(url)}`,
          ],
          { timeout: 50_000 },
        );

        const seen = /<pre>(.*?)<\/pre>/s.exec(stdout)?.[1] ?? stdout;
        expect(JSON.parse(seen)).toEqual({ cookies: { a: "1", b: "2" }, events: ["one", "two", "three"], method: "PUT", token: "t" });
      } finally {
        await page.close();
      }
    },
  );
});

/** What the page does: its own cookies, a stream of events, and a request elsewhere that needs a preflight. */
const script = `
  (async () => {
    const cookies = await (await fetch("/cookies")).json();
    const events = await new Promise((resolve) => {
      const seen = [];
      const source = new EventSource("/events");
      source.onmessage = ({ data }) => {
        seen.push(data);
        if (seen.length === 3) { source.close(); resolve(seen); }
      };
    });
    const other = new URLSearchParams(location.search).get("other");
    const { method, token } = await (await fetch(other, { method: "PUT", headers: { "x-token": "t" } })).json();
    document.querySelector("pre").textContent = JSON.stringify({ cookies, events, method, token });
  })();
`;
