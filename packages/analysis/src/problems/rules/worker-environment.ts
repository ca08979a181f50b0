import type { ProblemSession } from "../problem-session.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfWorker } from "../words.ts";
import { shortRuntime, type WorkerStream } from "../worker-stream.ts";

const SETTING = "FUNCTIONS_WORKER_RUNTIME";

/** A worker of another language than the app's setting names. Said only where both are known. */
export const wrongRuntime: Rule = {
  id: "wrong-runtime",
  severity: "warning",
  review: (session) =>
    session.streams.flatMap((stream): Finding[] => {
      const init = session.steps(stream.id, "init").find(({ status }) => status === 1);
      const wanted = wantedRuntime(session, stream);
      if (init === undefined || stream.runtime === undefined || wanted === undefined) {
        return [];
      }
      const { value, seq, event } = wanted;
      if (value === "" || value === "custom" || shortRuntime(value) === stream.runtime) {
        return [];
      }
      return [
        {
          subject: `stream ${stream.id}`,
          at: init.answeredAt ?? stream.openedAt,
          stream: stream.id,
          describe: () => ({
            title: `${SETTING} is "${value}", and the worker is ${stream.runtime}`,
            consequence: `The host takes the app for one in ${value}: it looks for functions of that language, and the ${nameOfWorker(stream)} is not the worker for it.`,
            advice: `Set ${SETTING} to the app's language, in local.settings.json or in the environment of the host, or give the app its own worker.`,
            quote: `${SETTING}=${value}`,
            evidence: [
              ...evidenceOf(["environment reload", seq], ["worker_init_response", init.answeredSeq]),
              ...(event === undefined ? [] : [{ label: "process started", event }]),
            ],
          }),
        },
      ];
    }),
};

type Wanted = { readonly value: string; readonly seq?: number | undefined; readonly event?: number | undefined };

/** As the host's reload of the environment says, else as the process was started with. */
function wantedRuntime(session: ProblemSession, stream: WorkerStream): Wanted | undefined {
  const reload = session.steps(stream.id, "reload").at(-1)?.startedSeq;
  const content = reload === undefined ? undefined : session.content(reload);
  if (content?.case === "functionEnvironmentReloadRequest") {
    const value = content.value.environmentVariables[SETTING];
    if (value !== undefined) {
      return { value, seq: reload };
    }
  }
  const process = session.processOf(stream);
  const value = process?.variables[SETTING];
  return value === undefined ? undefined : { value, event: process?.spawnedEvent };
}

/** An app whose dependencies are not installed. A bundled one needs none: where its functions are loaded, nothing is said. */
export const missingModules: Rule = {
  id: "missing-modules",
  severity: "warning",
  review: (session) =>
    [...session.processes.values()].flatMap((process): Finding[] => {
      const { workerId, missing, spawnedAt, spawnedEvent } = process;
      if (!missing.includes("node_modules") || spawnedAt === undefined) {
        return [];
      }
      const streams = session.streams.filter((stream) => stream.workerId === workerId);
      if (streams.some(({ id }) => session.steps(id, "load").some(({ status }) => status === 1))) {
        return [];
      }
      return [
        {
          subject: `worker ${workerId}`,
          at: spawnedAt,
          stream: streams.at(-1)?.id,
          describe: () => ({
            title: "The app's package.json names dependencies, and there is no node_modules",
            consequence:
              "The Node.js worker cannot load what needs them, @azure/functions among them. It answers the init with Success all the same and lists no functions.",
            advice:
              "Run npm install in the app's folder. A folder that is published needs its node_modules, or a bundle.",
            evidence: spawnedEvent === undefined ? [] : [{ label: "process started", event: spawnedEvent }],
          }),
        },
      ];
    }),
};
