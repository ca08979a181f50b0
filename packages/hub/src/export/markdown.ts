/** A summary for an issue: versions, capabilities, verdicts, problems, and invocations that failed, with their logs. */

import { createProblems } from "@inspector/analysis/problems/problems";
import type { InvocationRow, Nanos, Problem, Verdict, WorkerInfo } from "@inspector/contract/page";
import { visibleLine, visibleText } from "@inspector/contract/visible-text";
import { isServerErrorOf } from "@inspector/filter/http-status";
import type { RpcException } from "@inspector/proto";
import { workersOf } from "@inspector/session/worker-queries";
import { type ExportSource, invocationPages } from "./export-source.ts";
import type { Sink } from "./sink.ts";

const MAX_WORKERS = 10;
const MAX_PROBLEMS = 20;
const MAX_FAILURES = 5;
const MAX_LOGS = 50;
const MAX_OUTPUT_LINES = 20;

/** @param about how it was redacted, in a sentence. @returns how many invocations are told of */
export async function writeMarkdown(output: Sink, source: ExportSource, about: string): Promise<number> {
  const { problems, verdicts } = createProblems(source.database).update();
  const workers = workersOf(source.database, source.payload, verdicts);
  const session = source.queries.session(source.file);
  const { failures, count, failed, serverErrors } = failuresIn(source);
  const parts = [
    "# A session of the inspector",
    [
      `- recorded ${new Date(source.startedAt).toISOString()} by inspector ${code(session.version)}, summed up by ${source.by}`,
      `- ${session.streamCount} streams of ${session.workerCount} workers, ${count} invocations, ${failed} of them failed${answered5xx(serverErrors)}`,
      ...(session.gaps.count > 0 ? [`- ${session.gaps.count} gaps: ${inline(session.gaps.reason ?? "")}`] : []),
      `- ${about}`,
    ].join("\n"),
    ...verdictParts(verdicts),
    ...problemParts(problems),
    ...workers.slice(-MAX_WORKERS).flatMap(workerParts),
    ...(failures.length === 0 ? [] : ["## Invocations that failed"]),
    ...failures.flatMap((row) => invocationParts(source, row)),
  ];
  await output.write(`${parts.join("\n\n")}\n`);
  return failures.length;
}

/** The first that failed, and all in numbers. */
function failuresIn(source: ExportSource) {
  const failures: InvocationRow[] = [];
  let [count, failed, serverErrors] = [0, 0, 0];
  for (const rows of invocationPages(source)) {
    count += rows.length;
    const found = rows.filter((row) => row.state === "failed" || row.state === "lost" || isServerErrorOf(row));
    const answered = found.filter(isServerErrorOf).length;
    serverErrors += answered;
    failed += found.length - answered;
    failures.push(...found.slice(0, MAX_FAILURES - failures.length));
  }
  return { failures, count, failed, serverErrors };
}

function answered5xx(count: number): string {
  return count === 0 ? "" : `, ${count} succeeded in answering with an HTTP status of 500 or more`;
}

function verdictParts(verdicts: readonly Verdict[]): string[] {
  return verdicts.length === 0
    ? []
    : [
        "## Why workers ended",
        ...verdicts
          .slice(0, MAX_WORKERS)
          .flatMap(({ sentence, quote }) => [inline(sentence), ...(quote === undefined ? [] : [block(quote)])]),
      ];
}

function problemParts(problems: readonly Problem[]): string[] {
  if (problems.length === 0) {
    return [];
  }
  const shown = problems.slice(0, MAX_PROBLEMS).map(({ severity, title, consequence, count }) => {
    const times = count > 1 ? ` (${count} times)` : "";
    return `- **${severity}**: ${inline(title)}${times}. ${inline(consequence)}`;
  });
  const more = problems.length - shown.length;
  return ["## Problems", [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n")];
}

function workerParts(worker: WorkerInfo): string[] {
  const { stream, process, hostVersion, workerVersion, hostCapabilities, workerCapabilities, steps } = worker;
  const runtime = [stream.runtime, stream.runtimeVersion].filter((part) => part !== undefined).join(" ");
  const facts = [
    `- worker ${code(stream.workerId ?? "without an id")}: ${inline(runtime)}, version ${code(workerVersion ?? "unknown")}`,
    `- host ${code(hostVersion ?? "unknown")}`,
    `- ${worker.invocations} invocations, ${worker.failures} failed, ${worker.lost} lost${answered5xx(worker.serverErrors)}`,
    ...(process?.argv === undefined ? [] : [`- command line: ${code(process.argv.join(" "))}`]),
    ...(process?.exitCode === undefined ? [] : [`- exit code ${process.exitCode}`]),
    ...capabilityLines("host declares", hostCapabilities),
    ...capabilityLines("worker declares", workerCapabilities),
    ...steps.map(({ step, state, duration, text }) =>
      `- ${step}: ${state}${took(duration)} ${inline(text ?? "")}`.trimEnd(),
    ),
  ];
  const lines = (process?.output ?? []).slice(-MAX_OUTPUT_LINES).map(({ text }) => text);
  return [`## Stream ${stream.id}`, facts.join("\n"), ...(lines.length === 0 ? [] : [block(lines.join("\n"))])];
}

function capabilityLines(who: string, list: WorkerInfo["hostCapabilities"]): string[] {
  return list.length === 0 ? [] : [`- ${who} ${list.map(({ name, value }) => code(`${name}=${value}`)).join(", ")}`];
}

function invocationParts(source: ExportSource, row: InvocationRow): string[] {
  const detail = source.invocations.detail(row.id);
  const response = source.decoded(detail?.response);
  const exception =
    response?.content.case === "invocationResponse" ? response.content.value.result?.exception : undefined;
  const logs = (detail?.logs ?? []).slice(-MAX_LOGS).flatMap((seq) => {
    const message = source.decoded(seq);
    const at = source.queries.message(seq)?.at ?? 0;
    return message?.content.case === "rpcLog" ? [`${seconds(at)} ${message.content.value.message}`] : [];
  });
  return [
    `### ${inline(row.functionName ?? row.functionId ?? "an invocation")}, ${row.state}${took(row.duration)}`,
    [
      `- invocation ${code(row.invocationId)} at ${row.startedAt === undefined ? "unknown" : seconds(row.startedAt)}`,
      ...(row.text === undefined ? [] : [`- request: ${code(row.text)}`]),
      ...(row.result === undefined ? [] : [`- result: ${code(row.result)}`]),
    ].join("\n"),
    ...(exception === undefined ? [] : [block(exceptionText(exception))]),
    ...(logs.length === 0 ? [] : [block(logs.join("\n"))]),
  ];
}

function exceptionText({ type, message, stackTrace }: RpcException): string {
  const head = [type, message].filter((part) => part !== "").join(": ");
  return stackTrace === "" || stackTrace.includes(head) ? stackTrace || head : `${head}\n${stackTrace}`;
}

function took(duration: Nanos | undefined): string {
  return duration === undefined ? "" : `, ${(duration / 1e6).toFixed(1)} ms`;
}

function seconds(at: Nanos): string {
  return `${(at / 1e9).toFixed(3)} s`;
}

/** Text that Markdown takes for nothing else. */
function inline(text: string): string {
  return visibleLine(text).replaceAll(/[\\`*_{}[\]<>#|~&!]/gu, "\\$&");
}

function code(text: string): string {
  const shown = visibleLine(text);
  const fence = "`".repeat(longestRun(shown) + 1);
  return /^`|`$/u.test(shown) || shown === "" ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

function block(text: string): string {
  const shown = visibleText(text);
  const fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}text\n${shown}\n${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/gu) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
