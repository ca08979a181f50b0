/** Runs scripted peers as processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import type { Report, Script } from "./script.ts";
import type { Toolchain } from "./toolchains.ts";

type Line = { readonly port: number } | { readonly said: string } | Report;

export type PeerProcess = {
  /** Resolves when the peer says this; rejects where it ends without. */
  readonly said: (text: string) => Promise<void>;
  /** Reports so far, in the order in which the calls ended on this side. */
  readonly reports: () => readonly Report[];
  /** Resolves when there is a report of this call. */
  readonly reported: (call: string) => Promise<Report>;
  /** Resolves when the process has ended by itself. Throws where it failed. */
  readonly done: () => Promise<void>;
  /** Dies without a word, as a crash would have it. */
  readonly kill: () => Promise<void>;
};

export type HostProcess = PeerProcess & {
  readonly port: number;
  /** Tells the peer to end, and waits for that. */
  readonly stop: () => Promise<void>;
};

export async function startHost(toolchain: Toolchain, script: Script): Promise<HostProcess> {
  const { child, peer, find } = start(toolchain, "host", script);
  const { port } = await find((line): line is { readonly port: number } => "port" in line);
  return {
    ...peer,
    port,
    async stop() {
      child.stdin?.end();
      await peer.done();
    },
  };
}

export function startWorker(toolchain: Toolchain, script: Script, address: string): PeerProcess {
  return start(toolchain, "worker", script, address).peer;
}

/** A worker from start to end: its reports, by call. */
export async function runWorker(
  toolchain: Toolchain,
  script: Script,
  address: string,
): Promise<ReadonlyMap<string, Report>> {
  const worker = startWorker(toolchain, script, address);
  await worker.done();
  return new Map(worker.reports().map((report) => [report.call, report]));
}

type Find = <Wanted extends Line>(isWanted: (line: Line) => line is Wanted) => Promise<Wanted>;

function start(
  { stack, command, missing }: Toolchain,
  role: "host" | "worker",
  script: Script,
  address?: string,
): { readonly child: ChildProcess; readonly peer: PeerProcess; readonly find: Find } {
  if (command === undefined) {
    throw new Error(`There is no ${stack} peer: ${missing}`);
  }
  const folder = mkdtempSync(join(tmpdir(), "inspector-peer-"));
  const file = join(folder, "script.json");
  writeFileSync(file, JSON.stringify(script));
  const [program = "", ...args] = command;
  const child = spawn(program, [...args, role, file, ...(address === undefined ? [] : [address])], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;
  let complaints = "";
  const wake = (): void => {
    for (const look of waiting) {
      look();
    }
  };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  onWholeLines(child.stdout, (text) => {
    lines.push(JSON.parse(text));
    wake();
  });
  const closed = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      complaints += error.message;
    });
    child.once("close", () => {
      isOver = true;
      rmSync(folder, { recursive: true, force: true });
      wake();
      resolve();
    });
  });

  const find: Find = (isWanted) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find(isWanted);
        if (found === undefined && !isOver) {
          return;
        }
        waiting.delete(look);
        if (found !== undefined) {
          resolve(found);
        } else {
          reject(new Error(`The ${stack} ${role} ended without that: ${complaints}`));
        }
      };
      waiting.add(look);
      look();
    });

  const peer: PeerProcess = {
    async said(text) {
      await find((line): line is { readonly said: string } => "said" in line && line.said === text);
    },
    reports() {
      return lines.filter(isReport);
    },
    reported: (call) => find((line): line is Report => isReport(line) && line.call === call),
    async done() {
      await closed;
      if (child.exitCode !== 0) {
        throw new Error(`The ${stack} ${role} ended with ${child.exitCode}: ${complaints}`);
      }
    },
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
  };
  return { child, peer, find };
}

function isReport(line: Line): line is Report {
  return "call" in line;
}
