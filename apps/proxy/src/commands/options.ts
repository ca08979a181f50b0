/** Command-line options: what several commands have in common. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { InspectorError } from "@inspector/contract/inspector-error";
import { type OtlpEndpoint, parseEndpoint } from "@inspector/hub/export/otlp-endpoint";
import { type Address, parseAddress } from "../address.ts";
import { parseOrigin } from "../origin.ts";
import { parseSize } from "../size.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Of every command that serves a page. */
export const PAGE_OPTIONS = {
  ui: { type: "string" },
  "allow-origin": { type: "string", multiple: true },
  open: { type: "boolean" },
  "no-open": { type: "boolean" },
  json: { type: "boolean" },
} as const satisfies Options;

export const RECORDING_OPTIONS = {
  ...PAGE_OPTIONS,
  listen: { type: "string" },
  session: { type: "string" },
  "max-size": { type: "string" },
  "no-http-capture": { type: "boolean" },
  otlp: { type: "string" },
} as const satisfies Options;

/** @throws {InspectorError} "bad-option" */
export function parseOptions<T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
  positionals: number,
) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
    if (parsed.positionals.length > positionals) {
      throw new Error(`Unexpected argument '${parsed.positionals[positionals]}'`);
    }
    assertClear(parsed.tokens, options);
    return parsed;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split(". ")[0] ?? "") : String(cause);
    throw new InspectorError("bad-option", message, {
      hint: `See \`inspector ${command === "" ? "" : `${command} `}--help\`.`,
      cause,
    });
  }
}

/** What parseArgs itself lets pass: of an option that is given twice it takes the last, and it takes "" for a value. */
function assertClear(tokens: readonly OptionToken[], options: Options): void {
  const given = new Set<string>();
  for (const { kind, name = "", rawName = "", value } of tokens) {
    if (kind !== "option" || value === undefined) {
      continue;
    }
    if (given.has(name) && options[name]?.multiple !== true) {
      throw new Error(`Option '${rawName}' was given twice`);
    }
    if (value === "" && name !== "filter") {
      throw new Error(`Option '${rawName}' has no value`);
    }
    given.add(name);
  }
}

type OptionToken = {
  readonly kind: string;
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string | boolean | undefined;
};

/** @throws {InspectorError} "bad-count" */
export function countOption(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) {
    return otherwise;
  }
  if (/^\d{1,9}$/u.test(text)) {
    return Number(text);
  }
  throw new InspectorError("bad-count", `${option} ${JSON.stringify(text)} is no count`, {
    hint: `Write it as a number, for example ${option} ${otherwise}.`,
  });
}

export type RecordingValues = {
  readonly listen: Address;
  readonly ui: Address;
  /** Origins under which others show the page, as browsers write them. */
  readonly allowedOrigins: readonly string[];
  readonly session: string | undefined;
  readonly maxBytes: number | undefined;
  readonly isCapturingHttp: boolean;
  /** Where invocations are told of as they end. */
  readonly otlp: OtlpEndpoint | undefined;
  readonly isOpening: boolean;
  readonly isJson: boolean;
};

type Given = {
  readonly listen?: string | undefined;
  readonly ui?: string | undefined;
  readonly "allow-origin"?: readonly string[] | undefined;
  readonly session?: string | undefined;
  readonly "max-size"?: string | undefined;
  readonly "no-http-capture"?: boolean | undefined;
  readonly otlp?: string | undefined;
  readonly open?: boolean | undefined;
  readonly "no-open"?: boolean | undefined;
  readonly json?: boolean | undefined;
};

/** @param listen where to listen when nothing is said */
export function recordingValues(given: Given, listen: Address): RecordingValues {
  return {
    listen: given.listen === undefined ? listen : parseAddress(given.listen, "--listen", listen),
    ui:
      given.ui === undefined
        ? { host: "127.0.0.1", port: 0 }
        : parseAddress(given.ui, "--ui", { host: "127.0.0.1", port: 0 }),
    allowedOrigins: (given["allow-origin"] ?? []).map((origin) => parseOrigin(origin, "--allow-origin")),
    session: given.session,
    maxBytes: given["max-size"] === undefined ? undefined : parseSize(given["max-size"], "--max-size"),
    isCapturingHttp: given["no-http-capture"] !== true,
    otlp: given.otlp === undefined ? undefined : parseEndpoint(given.otlp),
    isOpening: given.open === true && given["no-open"] !== true,
    isJson: given.json === true,
  };
}
