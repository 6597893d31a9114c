import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Getter } from "./getter";
import type { Order, Report } from "./getting";

const DATA = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
const HASH = createHash("sha256").update(DATA).digest("hex");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let asked: IncomingMessage[];
let answers: Answer[];
let reports: Report[];
let getter: Getter;

beforeEach(async () => {
  asked = [];
  answers = [];
  reports = [];
  getter = new Getter((report) => void reports.push(report));
  server = createServer((request, response) => {
    asked.push(request);
    (answers.shift() ?? whole)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** As the server answers: all, or what was asked for where the bytes are still the same. */
function whole(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from && request.headers["if-range"] === `"${HASH}"` ? 206 : 200, { ETag: `"${HASH}"` });
  response.end(request.method === "HEAD" ? undefined : DATA.subarray(response.statusCode === 206 ? from : 0));
}

/** So many bytes, and then the line breaks. */
function cutAfter(bytes: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { "Content-Length": DATA.length });
    response.write(DATA.subarray(0, bytes), () => response.destroy());
  };
}

function go(sha256 = HASH): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/film`;
  return getter.obey({ kind: "go", url, headers: { Authorization: "Bearer t" }, sha256, size: DATA.length });
}

const last = () => reports.at(-1);

describe("getting a file", () => {
  it("hashes what comes, and hands it over", async () => {
    await go();
    expect(last()).toMatchObject({ kind: "done", sha256: HASH });
    const { file } = last() as Extract<Report, { kind: "done" }>;
    expect(Buffer.from(await file!.arrayBuffer()).equals(DATA)).toBe(true);
    expect(asked[0]!.headers.authorization).toBe("Bearer t");
  });

  it("goes on where the line broke", async () => {
    answers.push(cutAfter(100_000));
    await go();
    expect(last()).toEqual({ kind: "cut" });
    await go();
    expect(last()).toMatchObject({ kind: "done", sha256: HASH });
    const [, range] = /bytes=(\d+)-/.exec(asked[1]!.headers.range!)!;
    expect(Number(range)).toBeGreaterThan(0);
    expect(Number(range)).toBeLessThanOrEqual(100_000);
  });

  it("begins anew where the server gives all instead of the rest", async () => {
    answers.push(cutAfter(50_000), (_request, response) => response.writeHead(200).end(DATA));
    await go();
    await go();
    expect(last()).toMatchObject({ kind: "done", sha256: HASH });
  });

  it("asks once more for what is not what it should be, and then says so", async () => {
    const wrong: Answer = (_request, response) => response.end(Buffer.alloc(DATA.length));
    answers.push(wrong, wrong);
    await go();
    expect(last()).toEqual({ kind: "differs" });
    expect(asked).toHaveLength(2);
  });

  it("asks for the hash where nobody knows it", async () => {
    await go("");
    expect(asked.map((request) => request.method)).toEqual(["HEAD", "GET"]);
    expect(last()).toMatchObject({ kind: "done", sha256: HASH });
  });

  it("says what the server refused", async () => {
    answers.push((_request, response) => response.writeHead(404).end('{"code":"no_such_file"}'));
    await go();
    expect(last()).toEqual({ kind: "refused", status: 404, body: '{"code":"no_such_file"}' });
  });

  it("stops when it is told to, and goes on with what it has", async () => {
    let begun = () => {};
    const half = new Promise<void>((resolve) => (begun = resolve));
    answers.push((_request, response) => {
      response.writeHead(200, { "Content-Length": DATA.length });
      response.write(DATA.subarray(0, 150_000), begun);
    });
    const going = go();
    await half;
    await getter.obey({ kind: "stop" });
    await going;
    expect(last()).toEqual({ kind: "stopped" });
    await go();
    expect(last()).toMatchObject({ kind: "done", sha256: HASH });
  });

  it("forgets everything when it is told to", async () => {
    answers.push(cutAfter(100_000));
    await go();
    await getter.obey({ kind: "discard" });
    await go();
    expect(asked[1]!.headers.range).toBeUndefined();
    expect(last()).toMatchObject({ kind: "done", sha256: HASH });
  });

  it("says that the line is gone where nobody answers", async () => {
    const order: Order = { kind: "go", url: "http://127.0.0.1:1/x", headers: {}, sha256: HASH, size: 1 };
    await getter.obey(order);
    expect(last()).toEqual({ kind: "cut" });
  });
});

it("hashes a file of this machine", async () => {
  await getter.obey({ kind: "hash", file: new Blob([DATA]) });
  expect(last()).toEqual({ kind: "hashed", sha256: HASH });
});
