/** `inspector check [FILE]`: what is wrong in a session, as the result of a build. */
import { appendFileSync } from "node:fs";
import { createProblems } from "@inspector/analysis/problems/problems";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { ownValue } from "@inspector/contract/own-value";
import { openForReading } from "@inspector/hub/sqlite";
import { createQueries } from "@inspector/session/queries";
import {
  type CheckReport,
  createCheckReport,
  type FailOn,
  formatCheckJson,
  formatCheckJunit,
  formatCheckText,
  formatCheckTotals,
  hasFailed,
} from "../check/check-report.ts";
import { formatGithub } from "../check/github.ts";
import { print, say } from "../output.ts";
import { openOutput, STANDARD_OUTPUT } from "../output-file.ts";
import { parseOptions } from "./options.ts";
import { wholeSession } from "./session-argument.ts";

const FORMATS: Readonly<Record<string, (report: CheckReport) => string>> = {
  text: formatCheckText,
  json: formatCheckJson,
  junit: formatCheckJunit,
  github: annotate,
};

export async function check(args: readonly string[]): Promise<number> {
  const options = {
    "fail-on": { type: "string" },
    format: { type: "string" },
    output: { type: "string" },
    force: { type: "boolean" },
  } as const;
  const { values, positionals } = parseOptions("check", args, options, 1);
  const format = formatOption(values.format);
  const failOn = failOnOption(values["fail-on"]);
  const session = await wholeSession(positionals[0]);
  const report = examine(session, failOn);
  process.exitCode = hasFailed(report) ? 1 : 0;
  const output = openOutput(values.output, { isForced: values.force === true, session });
  try {
    await output.write(format(report));
    await output.commit();
  } finally {
    output.discard();
  }
  if (output !== STANDARD_OUTPUT) {
    print(`${formatCheckTotals(report)}\n`);
  }
  return process.exitCode;
}

/** @throws {InspectorError} "nothing-recorded": a recording of nothing would pass every check */
function examine(session: string, failOn: FailOn): CheckReport {
  const database = openForReading(session);
  try {
    const report = createCheckReport(session, failOn, createProblems(database).update());
    if (report.verdicts.length === 0 && createQueries(database).lastSeq() === 0) {
      throw new InspectorError("nothing-recorded", `${session} holds no message, so there is nothing to check`, {
        hint: "Did a host run while it was recorded, and did its workers connect to the inspector?",
      });
    }
    return report;
  } finally {
    database.close();
  }
}

/** Annotations for standard output. Everything that was found goes to the step's summary; where there is none, it follows. */
function annotate(report: CheckReport): string {
  const { annotations, summary } = formatGithub(report);
  const file = process.env["GITHUB_STEP_SUMMARY"] ?? "";
  try {
    if (file !== "") {
      appendFileSync(file, summary);
      return annotations;
    }
    say("GITHUB_STEP_SUMMARY is not set, so all that was found stands in the output");
  } catch (error) {
    say(`the step summary could not be written: ${reasonOf(error)}`);
  }
  return `${annotations}\n${formatCheckText(report)}`;
}

/** @throws {InspectorError} "bad-format" */
function formatOption(text = "text"): (report: CheckReport) => string {
  const format = ownValue(FORMATS, text);
  if (format !== undefined) {
    return format;
  }
  throw new InspectorError("bad-format", `--format ${text} is not known`, {
    hint: `Formats are ${Object.keys(FORMATS).join(", ")}.`,
  });
}

/** @throws {InspectorError} "bad-option" */
function failOnOption(text = "error"): FailOn {
  if (text === "error" || text === "warning") {
    return text;
  }
  throw new InspectorError("bad-option", `--fail-on ${text} is not known`, {
    hint: "error fails on errors and on workers that died, warning on warnings too.",
  });
}
