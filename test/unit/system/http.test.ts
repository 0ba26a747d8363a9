/** Requests against a server on this machine that does everything wrong that servers do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHttp } from "../../../src/system/http.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let base = "";
let answers: Answer[] = [];
let asked = 0;
let waits: number[] = [];
const http = createHttp({
  random: () => 0.5,
  now: () => new Date("2026-03-20T10:00:00Z"),
  wait: async (ms) => void waits.push(ms),
});

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked++;
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [asked, waits] = [0, []];
});

const say =
  (status: number, body = "", headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);
const hangUp: Answer = (request) => void request.socket.destroy();
const silence: Answer = () => undefined;

describe("http", () => {
  it("sends what is given and returns any status", async () => {
    answers = [
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          response.writeHead(404, { "X-Kind": request.headers["x-kind"] });
          response.end(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`);
        });
      },
    ];
    const response = await http({ url: `${base}/a?b`, method: "PUT", headers: { "x-kind": "k" }, body: "body" });
    expect(response).toMatchObject({ status: 404, headers: { "x-kind": "k" } });
    expect(Buffer.from(response.body).toString()).toBe("PUT /a?b body");
  });

  it("asks again after a fault, with growing delays, and returns the last answer", async () => {
    answers = [hangUp, say(503), say(200, "fine")];
    expect((await http({ url: base })).status).toBe(200);
    expect([asked, waits]).toEqual([3, [250, 500]]);
    [asked, waits] = [0, []];
    answers = [say(500)];
    expect((await http({ url: base, retries: 1 })).status).toBe(500);
    expect(asked).toBe(2);
  });

  it("waits as long as the server asks, but not for ever", async () => {
    answers = [say(429, "", { "retry-after": "7" }), say(200)];
    await http({ url: base });
    answers = [say(503, "", { "retry-after": "Fri, 20 Mar 2026 10:00:03 GMT" }), say(200)];
    asked = 0;
    await http({ url: base });
    expect(waits).toEqual([7_250, 3_250]);
    answers = [say(429, "", { "retry-after": "3600" }), say(200)];
    asked = 0;
    expect((await http({ url: base })).status).toBe(429);
  });

  it("does not repeat what may have been carried out", async () => {
    answers = [hangUp];
    await expect(http({ url: base, method: "POST" })).rejects.toMatchObject({ code: "CF110" });
    expect(asked).toBe(1);
  });

  it("says that nobody answers, without what may be secret in the address", async () => {
    const gone = http({ url: "http://user:pass@127.0.0.1:1/path?token=x", retries: 0 });
    await expect(gone).rejects.toMatchObject({ code: "CF110" });
    await expect(gone).rejects.not.toThrow(/pass|token/);
    await expect(http({ url: "nonsense", retries: 0 })).rejects.toMatchObject({ code: "CF110" });
  });

  it("gives up on silence, and on an answer that stops half-way", async () => {
    answers = [silence];
    await expect(http({ url: base, timeoutMs: 50, retries: 0 })).rejects.toMatchObject({ code: "CF111" });
    answers = [(_request, response) => void response.writeHead(200, { "content-length": "9" }).write("half")];
    await expect(http({ url: base, timeoutMs: 50, retries: 0 })).rejects.toMatchObject({ code: "CF111" });
  });

  it("refuses an answer that is too large, once", async () => {
    answers = [say(200, "x".repeat(2_000))];
    await expect(http({ url: base, maxBytes: 1_000 })).rejects.toMatchObject({ code: "CF112" });
    expect(asked).toBe(1);
  });

  it("follows redirections, and not in a circle", async () => {
    answers = [say(302, "", { location: "/there" }), say(200, "there")];
    expect(Buffer.from((await http({ url: base })).body).toString()).toBe("there");
    answers = [say(302, "", { location: "/" })];
    await expect(http({ url: base, retries: 0 })).rejects.toMatchObject({ code: "CF110" });
  });

  it("ends when it is no longer wanted", async () => {
    answers = [silence];
    const stop = new AbortController();
    const asking = http({ url: base, signal: stop.signal });
    setTimeout(() => stop.abort(new Error("no longer")), 30);
    await expect(asking).rejects.toThrow("no longer");
  });
});
