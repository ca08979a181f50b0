/**
 * Findings as GitHub Actions shows them: annotations by workflow commands in the step's output, and the step's summary.
 * Of a session everything may be a stranger's words, so nothing of it becomes a command or Markdown.
 * @see GitHub's documentation: "Workflow commands for GitHub Actions"
 */
import { visibleLine, visibleText } from "@inspector/contract/visible-text";
import { type CheckFinding, type CheckReport, findingsOf, formatCheckTotals, hasFailed } from "./check-report.ts";

/** GitHub shows this many annotations of a kind for a step, and leaves the rest out. */
const MAX_ANNOTATIONS = 10;
/** A step's summary is refused as a whole beyond 1 MiB; other steps' parts do not count. */
const MAX_SUMMARY_BYTES = 1024 * 1024 - 16 * 1024;
const MAX_QUOTE = 2000;

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const;

export type GithubReport = {
  /** For standard output: one workflow command a line, then the totals. */
  readonly annotations: string;
  /** Markdown for the file that $GITHUB_STEP_SUMMARY names. */
  readonly summary: string;
};

export function formatGithub(report: CheckReport): GithubReport {
  const findings = findingsOf(report);
  return { annotations: formatAnnotations(report, findings), summary: formatSummary(report, findings) };
}

function formatAnnotations(report: CheckReport, findings: readonly CheckFinding[]): string {
  const kinds = ["error", "warning", "info"] as const;
  const shown = kinds.flatMap((kind) => findings.filter(({ severity }) => severity === kind).slice(0, MAX_ANNOTATIONS));
  const lines = shown.map((finding) => {
    const { severity, rule, title, count, consequence, advice, quote } = finding;
    const often = count > 1 ? ` (${count} times)` : "";
    const [said = ""] = quote.split("\n");
    const text = [`${title}${often}`, consequence, said === "" ? "" : `> ${said}`, advice].filter(
      (line) => line !== "",
    );
    return `::${COMMANDS[severity]} title=${escapeProperty(`inspector: ${rule}`)}::${escapeData(text.join("\n"))}\n`;
  });
  const rest = findings.length - shown.length;
  const more = rest > 0 ? `${rest} more in the step's summary\n` : "";
  return `${lines.join("")}${more}${formatCheckTotals(report)}\n`;
}

/** As the runner reads a command's message back. */
function escapeData(text: string): string {
  return visibleText(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function formatSummary(report: CheckReport, findings: readonly CheckFinding[]): string {
  const head = `## ${hasFailed(report) ? "❌" : "✅"} inspector check\n\n${escapeMarkdown(report.session)}: ${formatCheckTotals(report)}\n`;
  const parts = [head];
  let bytes = Buffer.byteLength(head);
  for (const [index, finding] of findings.entries()) {
    const part = sectionOf(finding);
    bytes += Buffer.byteLength(part);
    if (bytes > MAX_SUMMARY_BYTES) {
      parts.push(`\n${findings.length - index} more do not fit here; \`--format text\` has all of them.\n`);
      break;
    }
    parts.push(part);
  }
  return parts.join("");
}

function sectionOf({ severity, rule, title, count, consequence, advice, quote }: CheckFinding): string {
  const often = count > 1 ? `, ${count} times` : "";
  const lines = [
    `\n### ${escapeMarkdown(title)}\n`,
    `${severity === "info" ? "note" : severity}, \`${rule}\`${often}\n`,
  ];
  for (const text of [consequence, advice].filter((one) => one !== "")) {
    lines.push(`${escapeMarkdown(text)}\n`);
  }
  if (quote !== "") {
    lines.push(fence(quote.length > MAX_QUOTE ? `${quote.slice(0, MAX_QUOTE)}…` : quote));
  }
  return lines.join("\n");
}

/** A block of code that ends where we say. */
function fence(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/gu)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(Math.max(3, longest + 1));
  return `${ticks}text\n${visibleText(text)}\n${ticks}\n`;
}

function escapeMarkdown(text: string): string {
  return visibleLine(text)
    .replaceAll(/[\\`*_{}[\]()#+\-.!|~>@:/]/gu, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
}
