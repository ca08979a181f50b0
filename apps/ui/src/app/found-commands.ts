/** What the palette finds by name beside its commands: functions, kept sessions, and what can be copied of what is open. */
import type { FunctionTotal, SessionSummary } from "@inspector/contract/page";
import { functionTerm } from "@inspector/filter/term";
import type { CopyText } from "../features/copy-as/copy-texts.ts";
import { formatPlural } from "../shell/format/size.ts";
import { formatSpan } from "../shell/format/time.ts";
import type { Address } from "../shell/page/address.ts";
import type { Command } from "./commands.ts";

/** Each function twice: its own page, and its calls. */
export function functionCommands(
  functions: readonly FunctionTotal[],
  go: (change: Partial<Address>) => void,
): readonly Command[] {
  return functions.flatMap(({ name, calls, failures }) => [
    command(name, facts("function", formatPlural(calls, "call", "calls"), failures), () =>
      go({ view: "functions", item: name }),
    ),
    command(`Invocations of ${name}`, "Filter", () => go({ view: "invocations", filter: functionTerm(name) })),
  ]);
}

/** @param shown name of the session that the page shows already */
export function sessionCommands(
  sessions: readonly SessionSummary[],
  shown: string | undefined,
  open: (session: SessionSummary) => void,
): readonly Command[] {
  return sessions
    .filter(({ name }) => name !== shown)
    .map((session) => {
      const { name, title, app, length, failures } = session;
      const words = facts(`session${app === undefined ? "" : ` of ${app}`}`, length && formatSpan(length), failures);
      return command(`Open ${title ?? name}`, words, () => open(session));
    });
}

export function copyCommands(texts: readonly CopyText[], copy: (text: CopyText) => void): readonly Command[] {
  return texts.map((text) => command(`Copy: ${text.title}`, "Copy", () => copy(text)));
}

function command(title: string, group: string, run: () => void): Command {
  return { title, group, keys: [], run };
}

function facts(what: string, amount: string | 0 | undefined, failures: number | undefined): string {
  return [what, amount, failures ? `${failures} failed` : undefined].filter(Boolean).join(", ");
}
