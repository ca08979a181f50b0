/** What somebody chose in the dialog of an export, and what is asked of the hub for it. */
import { EXPORT_FORMATS, type ExportFormatName, type ExportPolicy, type ExportWish } from "@inspector/contract/export";
import { ownValue } from "@inspector/contract/own-value";
import type { ViewOf } from "@inspector/contract/page";
import { functionTerm, idTerm } from "@inspector/filter/term";
import { addTerm } from "../filter/filter-terms.ts";

export type ExportScope = "session" | "filter" | "invocation";

export type ExportDraft = {
  readonly format: ExportFormatName;
  readonly isCompressed: boolean;
  readonly scope: ExportScope;
  /** Names of functions that are left out. */
  readonly functions: readonly string[];
  /** Ids of invocations that are left out, as they were typed. */
  readonly invocations: string;
  /** The window of time that is exported: seconds since the session began, as they were typed. */
  readonly from: string;
  readonly to: string;
  readonly dropsBodies: boolean;
  readonly dropsOutput: boolean;
  readonly policy: ExportPolicy;
  /** What was typed to confirm that nothing is to be replaced. */
  readonly confirmation: string;
  /** Own words and patterns, one a line. */
  readonly own: string;
};

/** What has to be typed before everything leaves as it is: the option of the command. */
export const CONFIRMATION = "no-redact";

/** What the page shows when the dialog is opened. */
export type ExportPlace = {
  /** The filter above the list, and of what the list is. */
  readonly filter: string;
  readonly list: Extract<ViewOf, "messages" | "invocations">;
  /** The invocation that the dialog was opened for. */
  readonly invocationId: string | undefined;
};

export function newDraft({ filter, invocationId }: ExportPlace): ExportDraft {
  return {
    format: "inspector",
    isCompressed: true,
    scope: invocationId !== undefined ? "invocation" : filter === "" ? "session" : "filter",
    functions: [],
    invocations: "",
    from: "",
    to: "",
    dropsBodies: false,
    dropsOutput: false,
    policy: "safe",
    confirmation: "",
    own: "",
  };
}

/** Undefined while it is not confirmed that nothing is to be replaced. */
export function wishOf(draft: ExportDraft, place: ExportPlace): ExportWish | undefined {
  const { format, policy, scope } = draft;
  if (policy === "none" && draft.confirmation.trim() !== CONFIRMATION) {
    return undefined;
  }
  const isOfInvocations = scope === "invocation" || (scope === "filter" && place.list === "invocations");
  const shown = scope === "invocation" ? idTerm(place.invocationId ?? "") : scope === "filter" ? place.filter : "";
  return {
    format,
    isCompressed: draft.isCompressed && ownValue(EXPORT_FORMATS, format)?.isZipped === true,
    policy,
    own: policy === "none" ? [] : linesOf(draft.own),
    dropsBodies: policy !== "none" && draft.dropsBodies,
    dropsOutput: draft.dropsOutput,
    filter: exclusionsOf(draft).reduce(addTerm, isOfInvocations ? "" : shown),
    invocations: isOfInvocations ? shown : "",
  };
}

/** Terms of a filter of messages: they hold for all messages of an invocation. */
function exclusionsOf({ functions, invocations, from, to }: ExportDraft): string[] {
  const ids = invocations.split(/[\s,]+/u).filter((id) => id !== "");
  return [
    ...functions.map((name) => `-${functionTerm(name)}`),
    ...ids.map((id) => `-${idTerm(id)}`),
    ...windowOf(from.trim(), to.trim()),
  ];
}

function windowOf(from: string, to: string): string[] {
  if (from !== "" && to !== "") {
    return [`at:${from}s..${to}s`];
  }
  return [...(from === "" ? [] : [`at:>=${from}s`]), ...(to === "" ? [] : [`at:<=${to}s`])];
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** The command that writes the same file. @param session its path */
export function commandOf(wish: ExportWish, session: string, name: string, quote: (text: string) => string): string {
  const option = (flag: string, value: string | false): string[] =>
    value === false || value === "" ? [] : [flag, quote(value)];
  return [
    "inspector export",
    quote(session),
    ...option("--format", wish.format),
    ...(wish.isCompressed ? ["--gzip"] : []),
    ...option("--filter", wish.filter),
    ...option("--invocations", wish.invocations),
    ...(wish.dropsBodies ? ["--drop-bodies"] : []),
    ...(wish.dropsOutput ? ["--drop-output"] : []),
    ...(wish.policy === "none" ? ["--no-redact"] : option("--policy", wish.policy !== "safe" && wish.policy)),
    ...wish.own.flatMap((word) => option("--redact", word)),
    ...option("--output", name),
  ].join(" ");
}
