/**
 * Ends a process when this one is gone, even if it was killed: a shell that waits for the end of a pipe. It takes a megabyte, and
 * nothing but its reading the pipe's end can be late. Windows has no need for it, where a host ends all processes below it. The shim
 * bundles this file.
 */
import { spawn } from "node:child_process";

export type Keeper = {
  /** The process has ended, or is left to itself. */
  release(): void;
};

/**
 * Arguments: the process, seconds between asking it to end and ending it, then a folder to remove, or "". Where there is one, it
 * stands in the environment of everything that is to end, too; only Linux lets that be read. Behind it stand pairs of files, of
 * which the first is to be copied over the second.
 */
const SCRIPT = `trap '' INT QUIT HUP TERM
if read -r _; then exit; fi
marked() {
  if [ -n "$2" ]; then
    for file in /proc/[0-9]*/environ; do
      if grep -qsF -- "$2" "$file"; then pid=\${file%/environ}; kill -"$1" "\${pid#/proc/}"; fi
    done
  fi
}
if [ "$2" != 0 ]; then kill -TERM "$1"; marked TERM "$3"; sleep "$2"; fi
kill -KILL "$1"
marked KILL "$3"
folder=$3
shift 3
while [ $# -ge 2 ]; do cp -p "$1" "$2"; shift 2; done
if [ -n "$folder" ]; then rm -rf "$folder"; fi`;

export type KeptProcess = {
  readonly pid: number;
  /** Seconds that it gets to end by itself; 0 for none. */
  readonly seconds: number;
  /** To be removed, and in the environment of what is to end with it. */
  readonly folder?: string;
  /** Files to put back. */
  readonly changed?: readonly { readonly copy: string; readonly file: string }[];
};

export function startKeeper({ pid, seconds, folder = "", changed = [] }: KeptProcess): Keeper {
  if (process.platform === "win32") {
    return { release: () => {} };
  }
  const files = changed.flatMap(({ copy, file }) => [copy, file]);
  const args = ["-c", SCRIPT, "inspector-keeper", String(pid), String(seconds), folder, ...files];
  const shell = spawn("/bin/sh", args, {
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env["PATH"] },
    cwd: "/",
  });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  return { release: () => void shell.stdin.end("over\n") };
}
