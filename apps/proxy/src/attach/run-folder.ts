/** Where a run has its socket and its pipes: a folder of its own, whose path is short enough for a socket. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Longest path of a local socket that every platform takes. */
const MAX_SOCKET_PATH = 100;
const PREFIX = "inspector-run-";

export type RunFolder = { readonly path: string; readonly socket: string; remove(): void };

/**
 * The socket on which an inspector waits for hosts that others start: the same each time, so that it can stand in their settings.
 * @param state the folder that is this user's
 */
export function attachSocket(state: string): string {
  const name = createHash("sha256").update(state).digest("hex").slice(0, 16);
  if (process.platform === "win32") {
    return `\\\\.\\pipe\\inspector-attach-${name}`;
  }
  const inState = join(state, "attach.sock");
  return Buffer.byteLength(inState) <= MAX_SOCKET_PATH ? inState : `/tmp/inspector-attach-${name}.sock`;
}

export function makeRunFolder(): RunFolder {
  const fits = Buffer.byteLength(join(tmpdir(), `${PREFIX}XXXXXX`, "gate.sock")) <= MAX_SOCKET_PATH;
  const path = mkdtempSync(join(fits ? tmpdir() : "/tmp", PREFIX));
  const socket =
    process.platform === "win32" ? `\\\\.\\pipe\\inspector-${randomBytes(8).toString("hex")}` : join(path, "gate.sock");
  return { path, socket, remove: () => rmSync(path, { recursive: true, force: true }) };
}
