/** Where a run has its socket and its pipes: a folder of its own, whose path is short enough for a socket. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Longest path of a local socket that every platform takes. */
const MAX_SOCKET_PATH = 100;
const PREFIX = "inspector-run-";

export type RunFolder = { readonly path: string; readonly socket: string; remove(): void };

export function makeRunFolder(): RunFolder {
  const fits = Buffer.byteLength(join(tmpdir(), `${PREFIX}XXXXXX`, "gate.sock")) <= MAX_SOCKET_PATH;
  const path = mkdtempSync(join(fits ? tmpdir() : "/tmp", PREFIX));
  const socket =
    process.platform === "win32" ? `\\\\.\\pipe\\inspector-${randomBytes(8).toString("hex")}` : join(path, "gate.sock");
  return { path, socket, remove: () => rmSync(path, { recursive: true, force: true }) };
}
