/** The processes of a soak's host and workers, as the soak sees them. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { onWholeLines } from "@inspector/testkit/whole-lines";
import type { PeerAnswer, PeerFacts, PeerOrder } from "./peer-process.ts";

export type Peer = {
  /** What it printed first: the host's port. */
  readonly said: string;
  /** @throws {Error} with the peer's own reason */
  order(order: PeerOrder): Promise<void>;
  facts(): Promise<PeerFacts>;
  stop(): Promise<void>;
};

export async function startPeer(script: string, seed: number): Promise<Peer> {
  const child = fork(script, [String(seed)], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const said = await firstLine(child);
  const gone = once(child, "exit").then(() => Promise.reject(new Error(`the peer ${script} ended`)));
  gone.catch(() => {});
  const ask = async (order: PeerOrder): Promise<PeerFacts | undefined> => {
    const answered = once(child, "message") as Promise<[PeerAnswer]>;
    child.send(order);
    const [answer] = await Promise.race([answered, gone]);
    if (!answer.ok) {
      throw new Error(answer.reason);
    }
    return answer.facts;
  };
  return {
    said,
    async order(order) {
      await ask(order);
    },
    async facts() {
      const facts = await ask({ do: "facts" });
      if (facts === undefined) {
        throw new Error("the peer has no facts");
      }
      return facts;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) {
        return;
      }
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) {
    throw new Error("the peer has no output");
  }
  return await new Promise((resolve) => onWholeLines(stdout, resolve));
}
