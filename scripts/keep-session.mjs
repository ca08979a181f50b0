// Records the conversations of packages/session/fixtures with the built command, as the session of the current schema version.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync, gzipSync } from "node:zlib";
import { DatabaseSync } from "@photostructure/sqlite";

const CONVERSATIONS = ["node/cancel", "kestrel/kestrel-dotnet-error-end", "node/crash-mid-invocation"];
/** Between what a side closes and what the other side does about it. */
const PAUSE_MS = 100;

const folder = mkdtempSync(join(tmpdir(), "keep-session-"));
const session = join(folder, "kept.inspector");
const accepted = [];
const awaited = [];
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("error", () => {});
  const take = awaited.shift();
  if (take === undefined) {
    accepted.push(socket);
  } else {
    take(socket);
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const args = [
  "--listen",
  "127.0.0.1:0",
  "--upstream",
  `127.0.0.1:${server.address().port}`,
  "--session",
  session,
  "--json",
];
const inspector = spawn(process.execPath, ["apps/proxy/bin/inspector.js", ...args], {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, XDG_STATE_HOME: folder },
});
const [ready] = await once(createInterface({ input: inspector.stdout }), "line");
const port = Number(JSON.parse(ready).listen.split(":").at(-1));

for (const name of CONVERSATIONS) {
  await play(name);
}
inspector.kill("SIGINT");
await once(inspector, "exit");
server.close();
keep();
rmSync(folder, { recursive: true, force: true });

/** Sends each chunk when the one before it has arrived. */
async function play(name) {
  const packed = readFileSync(`packages/testkit/recordings/${name}.h2.ndjson.gz`);
  const chunks = gunzipSync(packed)
    .toString("utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const connections = new Map();
  for (const { conn, from, bytes, event } of chunks) {
    const ends = connections.get(conn) ?? (await open());
    connections.set(conn, ends);
    const { socket } = ends[from];
    if (bytes !== undefined) {
      const payload = Buffer.from(bytes, "base64");
      socket.write(payload);
      await ends[from === "host" ? "worker" : "host"].received(payload.length);
    } else if (event !== "open") {
      if (event === "error") {
        socket.resetAndDestroy();
      } else if (!socket.writableEnded) {
        socket.end();
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
  for (const { worker, host } of connections.values()) {
    worker.socket.destroy();
    host.socket.destroy();
  }
}

async function open() {
  const worker = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  worker.on("error", () => {});
  const host = accepted.shift() ?? (await new Promise((resolve) => awaited.push(resolve)));
  return { worker: counting(worker), host: counting(host) };
}

function counting(socket) {
  let received = 0;
  let expected = 0;
  let onEnough = () => {};
  socket.on("data", (chunk) => {
    received += chunk.length;
    if (received >= expected) {
      onEnough();
    }
  });
  return {
    socket,
    received(bytes) {
      expected += bytes;
      return received >= expected ? undefined : new Promise((resolve) => (onEnough = resolve));
    },
  };
}

function keep() {
  const database = new DatabaseSync(session);
  const { user_version: version } = database.prepare("PRAGMA user_version").get();
  database.exec("VACUUM");
  database.close();
  const file = `packages/session/fixtures/v${version}.inspector.gz`;
  if (existsSync(file)) {
    throw new Error(`${file} is there already; it is never made anew`);
  }
  writeFileSync(file, gzipSync(readFileSync(session), { level: 9 }));
}
