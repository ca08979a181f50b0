/** What a dry run says, in text: the facts that the page shows before an export. */
import type { ExportCounts, ExportFacts, Replaced, ReplacedPlace, ReplacedWhy } from "@inspector/contract/export";
import { formatSize } from "../size.ts";

/** Places that are named of each reason. */
const PLACES = 3;

export function describeFacts(facts: ExportFacts, format: string): string {
  const { leaves, of, replaced, size } = facts;
  const lines = [
    `${formatSize(size)} as ${format}; nothing was written.`,
    "Leaves:",
    ...COUNTS.filter(([name]) => of[name] > 0).map(
      ([name, what]) => `  ${leaves[name]}${leaves[name] === of[name] ? "" : ` of ${of[name]}`} ${what}`,
    ),
    ...(replaced === undefined ? ["Nothing is replaced: every secret that crossed leaves."] : describeReplaced(facts)),
  ];
  return `${lines.join("\n")}\n`;
}

export function summaryOf({ replaced = [], secrets, beyond }: ExportFacts): string {
  const places = replaced.reduce((sum, { count }) => sum + count, 0);
  const more =
    beyond === 0 ? "" : `, ${beyond} of them too many to be looked for everywhere (see docs/sharing.md, Limits)`;
  return `${secrets} different values were replaced in ${places} places${more}`;
}

const COUNTS: readonly (readonly [keyof ExportCounts, string])[] = [
  ["messages", "messages"],
  ["invocations", "invocations"],
  ["logs", "logs"],
  ["http", "HTTP requests beside the stream"],
  ["memory", "values in shared memory"],
  ["output", "lines of processes' output"],
  ["events", "events"],
];

const WHYS: Readonly<Record<ReplacedWhy, string>> = {
  field: "By field",
  form: "By form",
  own: "By your own words",
  elsewhere: "Because it was replaced elsewhere",
};

function describeReplaced(facts: ExportFacts): string[] {
  const { replaced = [] } = facts;
  const width = String(replaced[0]?.count ?? 0).length;
  const whys: readonly ReplacedWhy[] = ["field", "form", "own", "elsewhere"];
  return [
    `${summaryOf(facts)}.`,
    ...whys.flatMap((why) => {
      const rows = replaced.filter((one) => one.why === why).map((one) => describeOne(one, width));
      return rows.length === 0 ? [] : [`${WHYS[why]}:`, ...rows];
    }),
  ];
}

function describeOne({ what, fieldClass, count, places }: Replaced, width: number): string {
  const of = fieldClass === undefined ? "" : ` (${fieldClass})`;
  const shown = places.slice(0, PLACES).map(describePlace);
  const more = places.length > PLACES ? " …" : "";
  return `  ${String(count).padStart(width)}  ${what}${of}${shown.length === 0 ? "" : `: ${shown.join(", ")}${more}`}`;
}

function describePlace(place: ReplacedPlace): string {
  switch (place.type) {
    case "message":
      return `message ${place.seq}`;
    case "http":
      return `HTTP of ${place.invocationId}`;
    case "event":
      return `event ${place.event}`;
    case "row":
      return `table ${place.table}`;
  }
}
