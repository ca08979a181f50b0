/** The inspector as it is built, recording into a folder of its own. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { childrenOf, firstLine, hasProc, start, stop } from "../processes.ts";
import type { Recorder, RecorderState, Target } from "./target.ts";

/**
 * @param command path of the command's script
 * @param more options of the command beside those that every run has
 */
export async function startInspector(
  command: string,
  upstream: number,
  parent: string,
  more: readonly string[] = [],
): Promise<Target & { readonly recorder: Recorder }> {
  const folder = join(parent, `inspector-${process.hrtime.bigint()}`);
  mkdirSync(folder, { recursive: true });
  const child = start(
    process.execPath,
    [
      command,
      "--listen",
      "0",
      "--upstream",
      `127.0.0.1:${upstream}`,
      "--no-open",
      "--json",
      "--session",
      join(folder, "session.db"),
      ...more,
    ],
    { env: { ...process.env, XDG_STATE_HOME: folder } },
  );
  const ready: unknown = JSON.parse(await firstLine(child));
  const { listen, ui } = ready as { listen: string; ui: string };
  const relay = child.pid ?? 0;
  const [hub] = hasProc ? childrenOf(relay) : [];
  const url = new URL(ui);
  const headers = { authorization: `Bearer ${url.searchParams.get("token") ?? ""}` };

  async function state(): Promise<RecorderState> {
    const response = await fetch(new URL("/api/session", url), { headers });
    if (!response.ok) {
      throw new Error(`the hub answers ${response.status}`);
    }
    const { last, behind } = (await response.json()) as { last: number; behind: number };
    return { recorded: last, behind };
  }

  return {
    name: "inspector",
    port: Number(listen.split(":").at(-1)),
    pids: hasProc ? [relay] : [],
    recorder: { pid: hub ?? 0, link: ui, state },
    async stop() {
      await stop(child, "SIGKILL");
      if (hub !== undefined) {
        killIfRunning(hub);
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** The hub outlives its relay to read what that left; here nobody wants it. */
function killIfRunning(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
