/**
 * Ends a process when this one is gone, even if it was killed: a shell that waits for the end of a pipe. It takes a megabyte, and
 * nothing but its reading the pipe's end can be late. Windows has no need for it, where a host ends all processes below it. The shim
 * bundles this file.
 */
import { spawn } from "node:child_process";

export type Keeper = {
  /** The process that is to end with this one. */
  watch(pid: number): void;
  /** The process has ended, or is left to itself. */
  release(): void;
};

/**
 * Reads the process, or "over", then waits for "over" or the end of its input. Arguments: seconds between asking the process to end and
 * ending it, then a folder to remove, or "". Where there is one, it stands in the environment of everything that is to end, too; only
 * Linux lets that be read, also of a process that nobody could name any more. Behind it stand pairs of files, of which the first is to be
 * copied over the second.
 */
const SCRIPT = `trap '' INT QUIT HUP TERM
pid=
if read -r pid; then
  if [ "$pid" = over ] || read -r _; then exit; fi
fi
seconds=$1
folder=$2
shift 2
end() {
  if [ -n "$pid" ]; then kill -"$1" "$pid"; fi
  if [ -n "$folder" ]; then
    for file in $(grep -lsF -- "$folder" /proc/[0-9]*/environ); do
      one=\${file%/environ}
      kill -"$1" "\${one#/proc/}"
    done
  fi
}
if [ "$seconds" != 0 ]; then end TERM; sleep "$seconds"; fi
end KILL
while [ $# -ge 2 ]; do cp -p "$1" "$2"; shift 2; done
if [ -n "$folder" ]; then rm -rf "$folder"; fi`;

export type Keeping = {
  /** Seconds that it gets to end by itself; 0 for none. */
  readonly seconds: number;
  /** To be removed, and in the environment of what is to end with it. */
  readonly folder?: string;
  /** Files to put back. */
  readonly changed?: readonly { readonly copy: string; readonly file: string }[];
};

/** To be called before the process is started: between its start and this, nobody would end it. */
export function startKeeper({ seconds, folder = "", changed = [] }: Keeping): Keeper {
  if (process.platform === "win32") {
    return { watch: () => {}, release: () => {} };
  }
  const files = changed.flatMap(({ copy, file }) => [copy, file]);
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "inspector-keeper", String(seconds), folder, ...files], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env["PATH"] },
    cwd: "/",
  });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  return {
    watch: (pid) => void shell.stdin.write(`${pid}\n`),
    release: () => void shell.stdin.end("over\n"),
  };
}
