import { fileURLToPath } from "node:url";
import { firstLine, start, stop } from "../processes.ts";
import type { PeersJob } from "./peers.ts";

export type Peers = {
  /** Where the host listens. */
  readonly port: number;
  /** @throws with the reason when the job fails. */
  run(job: PeersJob): Promise<void>;
  stop(): Promise<void>;
};

type Answer = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export async function startPeers(): Promise<Peers> {
  const script = fileURLToPath(new URL("./peers.js", import.meta.url));
  const child = start(process.execPath, [script], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const port = Number(await firstLine(child));
  return {
    port,
    async run(job) {
      const answer = await new Promise<Answer>((resolve, reject) => {
        const onExit = (): void => reject(new Error("the peers ended"));
        child.once("exit", onExit);
        child.once("message", (message: Answer) => {
          child.off("exit", onExit);
          resolve(message);
        });
        child.send(job);
      });
      if (!answer.ok) {
        throw new Error(answer.reason);
      }
    },
    stop: () => stop(child),
  };
}
