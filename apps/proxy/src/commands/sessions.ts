/** `inspector sessions …`: the sessions that are kept */
import { resolve } from "node:path";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { ownValue } from "@inspector/contract/own-value";
import { createKeptSessions, nameOf } from "@inspector/hub/kept-sessions";
import { readLabels, writeLabels } from "@inspector/hub/session-labels";
import { listSessions, openStateFolder } from "@inspector/hub/state-folder";
import { print, printJson, say } from "../output.ts";
import { isBeingRecorded, recoverJournals } from "../recording/recover.ts";
import { describeSessions, labelsOf } from "../sessions/describe-sessions.ts";
import { parseAge, sessionsToPrune } from "../sessions/prune.ts";
import { formatSize, parseSize } from "../size.ts";
import { parseOptions } from "./options.ts";
import { sessionArgument, wholeSession } from "./session-argument.ts";

const ACTIONS: Readonly<Record<string, (args: readonly string[]) => number | Promise<number>>> = {
  list,
  prune,
  label,
  compare,
};

export async function sessions(args: readonly string[]): Promise<number> {
  const [first = "list", ...rest] = args;
  const isNamed = !first.startsWith("-");
  const action = ownValue(ACTIONS, isNamed ? first : "list");
  if (action === undefined) {
    throw new InspectorError("unknown-command", `There is no command sessions ${JSON.stringify(first)}`, {
      hint: `Commands are ${Object.keys(ACTIONS).join(", ")}.`,
    });
  }
  return await action(isNamed ? rest : args);
}

function list(args: readonly string[]): number {
  const { values } = parseOptions("sessions", args, { json: { type: "boolean" } }, 0);
  const found = listSessions(openStateFolder());
  if (values.json === true) {
    printJson(found.map((session) => ({ ...session, ...labelsOf(session.file) })));
  } else {
    print(describeSessions(found));
  }
  return 0;
}

async function prune(args: readonly string[]): Promise<number> {
  const options = {
    "older-than": { type: "string" },
    "max-size": { type: "string" },
    "dry-run": { type: "boolean" },
  } as const;
  const { values } = parseOptions("sessions", args, options, 0);
  const { "older-than": age, "max-size": size } = values;
  if (age === undefined && size === undefined) {
    throw new InspectorError("bad-option", "Nothing says which sessions are to go", {
      hint: "Give --older-than 30d, --max-size 5gb, or both.",
    });
  }
  const rule = {
    olderThan: age === undefined ? undefined : parseAge(age, "--older-than"),
    maxBytes: size === undefined ? undefined : parseSize(size, "--max-size"),
  };
  const folder = openStateFolder();
  if (values["dry-run"] !== true) {
    await recoverJournals(folder, undefined, say);
  }
  const kept = createKeptSessions(folder);
  const found = kept.list();
  const going = sessionsToPrune(found, rule, Date.now());
  let [count, bytes, failed] = [0, 0, 0];
  for (const session of going) {
    print(`${formatSize(session.bytes).padStart(8)}  ${session.name}\n`);
    try {
      if (values["dry-run"] !== true) {
        kept.remove(session.name);
      }
      count += 1;
      bytes += session.bytes;
    } catch (error) {
      failed += 1;
      say(`${session.name} stays: ${reasonOf(error)}`);
    }
  }
  const done = values["dry-run"] === true ? "would be deleted" : "deleted";
  print(`${count} sessions ${done}, ${formatSize(bytes)}\n`);
  return failed === 0 ? 0 : 1;
}

/** A session by its path, or by the name of one that is kept. */
function fileOf(argument: string): string {
  const named = listSessions(openStateFolder()).find(({ file }) => nameOf(file) === argument);
  return named?.file ?? resolve(argument);
}

async function label(args: readonly string[]): Promise<number> {
  const options = { title: { type: "string" }, note: { type: "string" }, clear: { type: "boolean" } } as const;
  const { values, positionals } = parseOptions("sessions", args, options, 1);
  const [argument] = positionals;
  const file = argument === undefined ? sessionArgument(undefined) : fileOf(argument);
  const { title, note, clear } = values;
  if (clear === true || title !== undefined || note !== undefined) {
    if (await isBeingRecorded(openStateFolder(), file)) {
      throw new InspectorError("session-live", `${file} is being recorded`, { hint: "Stop the recording first." });
    }
    writeLabels(file, clear === true ? { title: title ?? "", note: note ?? "" } : { title, note });
  }
  const labels = readLabels(file);
  print(`${file}\n  title: ${labels.title ?? "-"}\n  note: ${labels.note ?? "-"}\n`);
  return 0;
}

async function compare(args: readonly string[]): Promise<number> {
  const options = { json: { type: "boolean" }, call: { type: "string" } } as const;
  const { values, positionals } = parseOptions("sessions", args, options, 2);
  const call = parseCall(values.call ?? "1");
  const [first, second] = comparedFiles(positionals);
  const [before, after] = [await wholeSession(first), await wholeSession(second)];
  const { readCompared } = await import("../sessions/compared-session.ts");
  const { compareSessions, formatComparison } = await import("../sessions/compare.ts");
  const compared = compareSessions(readCompared(before, call), readCompared(after, call));
  if (values.json === true) {
    printJson({ before, after, call, ...compared });
  } else {
    print(formatComparison([nameOf(before), nameOf(after)], compared, call));
  }
  return 0;
}

function parseCall(text: string): number {
  if (!/^[1-9]\d{0,8}$/u.test(text)) {
    throw new InspectorError("bad-option", `--call ${JSON.stringify(text)} is no number of a call`, {
      hint: "Count from 1: --call 1 compares the first call of each function.",
    });
  }
  return Number(text);
}

/** Without names the two newest; with one, that and the newest. @throws {InspectorError} "no-such-session" */
function comparedFiles(positionals: readonly string[]): [string, string] {
  const newest = listSessions(openStateFolder()).map(({ file }) => file);
  const [first, second] = positionals.map(fileOf);
  const before = first ?? newest[1];
  const after = second ?? newest.find((file) => file !== before);
  if (before === undefined || after === undefined) {
    throw new InspectorError("no-such-session", "There are no two sessions to compare", {
      hint: "Name two: inspector sessions compare BEFORE AFTER.",
    });
  }
  return [before, after];
}
