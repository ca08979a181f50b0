import { KIND, type RpcFunctionMetadata, type StreamingMessage } from "@inspector/proto";
import type { ProblemSession } from "../problem-session.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, FROM_WORKER, nameOfFunction, nameOfKind } from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";

type Named = { readonly id: string; readonly name: string; readonly file: string };

/** A function that is twice in one list, by its name, by its name but for the case, or by its id. */
export const duplicateFunction: Rule = {
  id: "duplicate-function",
  severity: "warning",
  find: (session, range) =>
    session
      .messages(
        range,
        `(m.kind = ${KIND.functionMetadataResponse} AND ${FROM_WORKER}) OR (m.kind = ${KIND.functionLoadRequestCollection} AND ${FROM_HOST})`,
      )
      .flatMap(({ seq, at, kind, stream }) =>
        twins(functionsIn(session.content(seq))).map(
          ([one, other]): Finding => ({
            subject: `stream ${stream} ${one.name.toLowerCase()} ${one.id} ${other.id}`,
            at,
            stream,
            functionName: one.name,
            describe: () => ({
              title: titleOf(one, other, kind === KIND.functionLoadRequestCollection ? "to be loaded" : "listed"),
              consequence: consequenceOf(one, other),
              advice:
                'Give each function a name of its own. A file that is loaded twice, by a glob in "main" or by an import, registers its functions twice.',
              quote: [one, other]
                .map(({ name, id, file }) => `${name} (${id})${file === "" ? "" : ` in ${file}`}`)
                .join("\n"),
              evidence: evidenceOf([nameOfKind(kind), seq]),
            }),
          }),
        ),
      ),
  review: (session) =>
    session.streams.flatMap((stream) => [...loadedTwice(session, stream), ...namedTwice(session, stream)]),
};

function functionsIn(content: StreamingMessage["content"] | undefined): Named[] {
  if (content?.case === "functionMetadataResponse") {
    return content.value.functionMetadataResults.map((metadata) => named(metadata.functionId, metadata));
  }
  return content?.case === "functionLoadRequestCollection"
    ? content.value.functionLoadRequests.map(({ functionId, metadata }) => named(functionId, metadata))
    : [];
}

function named(id: string, metadata: RpcFunctionMetadata | undefined): Named {
  return { id, name: metadata?.name || id, file: metadata?.scriptFile ?? "" };
}

/** Each function with the first one before it that it cannot be told from. */
function twins(functions: readonly Named[]): [Named, Named][] {
  const names = new Map<string, Named>();
  const ids = new Map<string, Named>();
  return functions.flatMap((one): [Named, Named][] => {
    const key = one.name.toLowerCase();
    const other = names.get(key) ?? (one.id === "" ? undefined : ids.get(one.id));
    names.set(key, other ?? one);
    ids.set(one.id, ids.get(one.id) ?? one);
    return other === undefined ? [] : [[other, one]];
  });
}

function titleOf(one: Named, other: Named, how: string): string {
  const files =
    one.file !== "" && other.file !== "" && one.file !== other.file ? ` (${one.file} and ${other.file})` : "";
  if (one.name === other.name) {
    return `${nameOfFunction(one.name)} is ${how} twice${files}`;
  }
  return one.name.toLowerCase() === other.name.toLowerCase()
    ? `${one.name} and ${other.name} differ only in case${files}`
    : `${one.name} and ${other.name} have the same function_id${files}`;
}

function consequenceOf(one: Named, other: Named): string {
  if (one.id === other.id) {
    return "The id names both: the host takes one of them, and the worker runs what it finds under the id.";
  }
  return one.name === other.name
    ? "The host keeps functions by name. It takes one of them; of two with an HTTP trigger it refuses the second: the name must be unique within the function app."
    : "Routes and settings (AzureWebJobs.<name>.Disabled) do not tell upper from lower case: to them the two are one.";
}

/** A host loads each function once on each worker. */
function loadedTwice(session: ProblemSession, { id }: WorkerStream): Finding[] {
  return session
    .all(
      `SELECT w.subject, f.name, w.started_at, w.started_seq, w.status, o.started_seq AS first_seq, o.status AS first_status
       FROM worker_step w JOIN worker_step o ON o.stream = w.stream AND o.step = 'load' AND o.subject = w.subject AND o.attempt = 1
       LEFT JOIN function f ON f.stream = w.stream AND f.function_id = w.subject
       WHERE w.stream = ? AND w.step = 'load' AND w.subject <> '' AND w.attempt = 2 AND w.started_seq IS NOT NULL`,
      id,
    )
    .map((row): Finding => {
      const name = String(row["name"] ?? row["subject"] ?? "");
      return {
        subject: `stream ${id} ${name} loaded`,
        at: Number(row["started_at"] ?? 0),
        stream: id,
        functionName: name,
        severity: row["first_status"] === 0 || row["status"] === 1 ? "info" : "warning",
        describe: () => ({
          title: `${nameOfFunction(name)} is loaded twice on one worker`,
          consequence:
            row["first_status"] === 0
              ? "The first load had failed, so the second is another try."
              : "Functions hosts load each function once, or again when they start anew beside the same worker. Workers load it anew, pass over it, or answer Failure (.NET); what was loaded first stays.",
          advice: "Load each function once on each worker.",
          evidence: evidenceOf(
            ["first load", numberIn(row["first_seq"])],
            ["second load", numberIn(row["started_seq"])],
          ),
        }),
      };
    });
}

/** Functions that were loaded one by one under names that are the same, also but for the case. */
function namedTwice(session: ProblemSession, { id }: WorkerStream): Finding[] {
  return session
    .all(
      `SELECT min(f.name) AS one, max(f.name) AS other, min(w.started_seq) AS first, max(w.started_seq) AS seq,
         max(w.started_at) AS at
       FROM function f
       JOIN worker_step w ON w.stream = f.stream AND w.step = 'load' AND w.subject = f.function_id AND w.attempt = 1
       WHERE f.stream = ? GROUP BY lower(f.name) HAVING count(*) > 1`,
      id,
    )
    .map((row): Finding => {
      const [one, other] = [String(row["one"]), String(row["other"])];
      return {
        subject: `stream ${id} ${one.toLowerCase()} named`,
        at: Number(row["at"] ?? 0),
        stream: id,
        functionName: one,
        describe: () => ({
          title:
            one === other
              ? `${nameOfFunction(one)} is loaded under two ids`
              : `${one} and ${other} differ only in case`,
          consequence: consequenceOf({ id: "1", name: one, file: "" }, { id: "2", name: other, file: "" }),
          advice: "Give each function a name of its own.",
          evidence: evidenceOf(["load", numberIn(row["first"])], ["other load", numberIn(row["seq"])]),
        }),
      };
    });
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
