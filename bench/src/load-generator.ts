import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Job, JobAnswer, JobResult } from "./load/job.ts";
import { stop } from "./processes.ts";

export type LoadGenerator = {
  /** @throws with the reason when the job fails. */
  run(job: Job): Promise<JobResult>;
  stop(): Promise<void>;
};

/** Starts the load generator's process; it is used for one job after the other, so that its code is compiled by then. */
export function startLoadGenerator(): LoadGenerator {
  const child: ChildProcess = fork(fileURLToPath(new URL("./client.js", import.meta.url)));
  return {
    async run(job) {
      const answer = await new Promise<JobAnswer>((resolve, reject) => {
        const onExit = (): void => reject(new Error("the load generator ended"));
        child.once("exit", onExit);
        child.once("message", (message: JobAnswer) => {
          child.off("exit", onExit);
          resolve(message);
        });
        child.send(job);
      });
      if (!answer.ok) {
        throw new Error(answer.reason);
      }
      return answer;
    },
    stop: () => stop(child),
  };
}
