/** What the dialog says of an export, in words. */
import type {
  ExportCounts,
  ExportPolicy,
  ExportStep,
  Replaced,
  ReplacedPlace,
  ReplacedWhy,
} from "@inspector/contract/export";
import { idTerm } from "@inspector/filter/term";
import { formatAddress, parseAddress } from "../../shell/page/address.ts";

export const STEPS: Readonly<Record<ExportStep, string>> = {
  learn: "Looking for secrets in all of the session",
  copy: "Copying what leaves",
  write: "Writing the file",
};

export const POLICY_WORDS: Readonly<Record<ExportPolicy, string>> = {
  safe: "Replaces values of the environment, of headers and queries that are not known to be harmless, the content of bodies, what looks like a secret, and all of that wherever else it occurs.",
  "headers-only": "The same, but bodies stay, without the secrets that show in them.",
  none: "Replaces nothing. The file holds every secret that crossed, and says so.",
};

/** What leaves, line by line: how many, of how many, and what becomes of it. */
type LeavesLine = {
  readonly name: string;
  readonly leaves: number;
  readonly of: number;
  readonly becomes: string;
};

export function listLeaves(
  leaves: ExportCounts,
  of: ExportCounts,
  { policy, dropsBodies }: { readonly policy: ExportPolicy; readonly dropsBodies: boolean },
): readonly LeavesLine[] {
  const isKept = policy === "none";
  const body = dropsBodies
    ? "Bodies empty."
    : policy === "safe"
      ? "Texts in bodies are replaced; JSON keeps its keys."
      : "Bodies stay, without secrets that show.";
  const words: Readonly<Record<keyof ExportCounts, readonly [name: string, becomes: string]>> = {
    messages: ["Messages", "Ids, times and states stay."],
    invocations: ["Invocations", body],
    logs: ["Logs", "As they are, without what shows as a secret."],
    http: ["HTTP beside the stream", body],
    memory: ["Values in shared memory", "As bodies, at their length."],
    output: ["Output of processes", "As it is, without what shows as a secret."],
    events: ["Other events", "Processes, connections, gaps; paths without names of users."],
  };
  const names = Object.keys(words) as (keyof ExportCounts)[];
  return names
    .filter((name) => of[name] > 0)
    .map((name) => {
      const [title, becomes] = words[name];
      return { name: title, leaves: leaves[name], of: of[name], becomes: isKept ? "As it crossed." : becomes };
    });
}

export type ReplacedGroup = {
  readonly why: ReplacedWhy;
  readonly title: string;
  readonly count: number;
  readonly replaced: readonly Replaced[];
};

const WHYS: Readonly<Record<ReplacedWhy, string>> = {
  field: "By field",
  form: "By form",
  own: "By your own words",
  elsewhere: "Because it was replaced elsewhere",
};

export function groupReplaced(replaced: readonly Replaced[]): readonly ReplacedGroup[] {
  const whys = Object.keys(WHYS) as ReplacedWhy[];
  return whys
    .map((why) => {
      const own = replaced.filter((one) => one.why === why);
      return { why, title: WHYS[why], count: own.reduce((sum, { count }) => sum + count, 0), replaced: own };
    })
    .filter(({ count }) => count > 0);
}

/** The messages, with nothing filtered or selected. */
const EMPTY = parseAddress("?view=messages");

/** Where something was replaced, and the part of the page's address that shows it; without one there is nothing to show. */
export function describePlace(place: ReplacedPlace, search: string): { readonly text: string; readonly href?: string } {
  switch (place.type) {
    case "message":
      return { text: `message ${place.seq}`, href: formatAddress(search, { ...EMPTY, message: place.seq }) };
    case "http": {
      const filter = idTerm(place.invocationId);
      return {
        text: `HTTP of ${place.invocationId}`,
        href: formatAddress(search, { ...EMPTY, view: "invocations", filter }),
      };
    }
    case "event":
      return { text: place.event, href: formatAddress(search, { ...EMPTY, view: "workers" }) };
    case "row":
      return { text: `table ${place.table}`, href: formatAddress(search, { ...EMPTY, view: "workers" }) };
  }
}
