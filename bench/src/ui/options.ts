import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const PARTS = ["opened", "live", "offline", "payloads"] as const;

export type Part = (typeof PARTS)[number];

export type Options = {
  /** Messages in the session that is opened. */
  readonly messages: number;
  /** A session to open instead of a generated one. */
  readonly session: string | undefined;
  readonly parts: readonly Part[];
  /** How long scrolling and following go on, each. */
  readonly seconds: number;
  /** Script of the command under test. */
  readonly command: string;
};

export const HELP = `npm run bench:ui -- [--quick] [--messages N] [--session FILE] [--only opened|live|offline|payloads] [--command FILE]

  --quick         200 000 messages instead of a million, and shorter scrolling
  --messages N    another size of the session that is opened
  --session FILE  opens this session instead of writing one ("node session.mjs generate FILE N" does)
  --only PART     the opened session, the live one, the page without a server, or large payloads
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
    parts: PARTS.filter((part) => only === undefined || part === only),
    seconds: values.quick ? 3 : 6,
    command: values.command ?? fileURLToPath(new URL("../../apps/proxy/bin/inspector.js", import.meta.url)),
  };
}
