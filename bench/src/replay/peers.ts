/** The processes at both ends of the replay workload. */
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { firstLine, start, stop } from "../processes.ts";
import type { HostAnswer, HostJob, HostResult } from "./host.ts";
import type { Replayed, WorkerOrder } from "./worker.ts";

export type Host = {
  readonly port: number;
  /** @throws with the reason when the job fails. */
  run(job: HostJob): Promise<HostResult>;
  stop(): Promise<void>;
};

export type Worker = {
  connect(port: number): Promise<void>;
  /** What it has answered that the host did not ask. */
  replayed(): Promise<Replayed>;
  stop(): Promise<void>;
};

export async function startHost(): Promise<Host> {
  const child = startChild("host.js");
  const port = Number(await firstLine(child));
  return {
    port,
    async run(job) {
      const answer = await ask<HostJob, HostAnswer>(child, job);
      if (!answer.ok) {
        throw new Error(answer.reason);
      }
      return answer;
    },
    stop: () => stop(child),
  };
}

export function startWorker(): Worker {
  const child = startChild("worker.js");
  const order = (one: WorkerOrder) => ask<WorkerOrder, Replayed>(child, one);
  return {
    async connect(port) {
      await order({ do: "connect", port });
    },
    replayed: () => order({ do: "tell" }),
    stop: () => stop(child),
  };
}

function startChild(script: string): ChildProcess {
  const file = fileURLToPath(new URL(`./replay/${script}`, import.meta.url));
  return start(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
}

function ask<Order extends object, Answer>(child: ChildProcess, order: Order): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error("a peer ended"));
    child.once("exit", onExit);
    child.once("message", (answer: Answer) => {
      child.off("exit", onExit);
      resolve(answer);
    });
    child.send(order);
  });
}
