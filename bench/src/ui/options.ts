import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const PARTS = ["opened", "live", "offline", "payloads", "facets", "idle"] as const;

export type Part = (typeof PARTS)[number];

export type Options = {
  /** Messages in the session that is opened. */
  readonly messages: number;
  /** A session to open instead of a generated one. */
  readonly session: string | undefined;
  readonly parts: readonly Part[];
  /** How long scrolling and following go on, each. */
  readonly seconds: number;
  /** How long the page is left alone. */
  readonly minutes: number;
  /** Script of the command under test. */
  readonly command: string;
};

export const HELP = `npm run bench:ui -- [--quick] [--messages N] [--session FILE] [--only opened|live|offline|payloads|facets|idle] [--minutes N] [--command FILE]

  --quick         200 000 messages instead of a million, and shorter scrolling
  --messages N    another size of the session that is opened
  --session FILE  opens this session instead of writing one ("node session.mjs generate FILE N" does)
  --only PART     the opened session, the live one, the page without a server, large payloads, the facets of the opened
                  session alone, or a page that is left alone
  --minutes N     how long that is; 10 otherwise, and none unless it is named
  --command FILE  another build of the inspector, instead of this clone's
`;

/** @throws what node:util throws for options that do not exist. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      messages: { type: "string" },
      session: { type: "string" },
      only: { type: "string" },
      minutes: { type: "string", default: "10" },
      command: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    return undefined;
  }
  const { only } = values;
  return {
    messages: Number(values.messages ?? (values.quick ? 200_000 : 1_000_000)),
    session: values.session,
    // Ten minutes of nothing are for those who ask for them, and the opened session's part has facets in it.
    parts: PARTS.filter((part) => (only === undefined ? part !== "idle" && part !== "facets" : part === only)),
    minutes: Number(values.minutes),
    seconds: values.quick ? 3 : 6,
    command: values.command ?? fileURLToPath(new URL("../../apps/proxy/bin/inspector.js", import.meta.url)),
  };
}
