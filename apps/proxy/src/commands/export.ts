/** `inspector export [FILE] --format …` */
import { readFileSync } from "node:fs";
import { POLICIES, parseOwn, parseOwnLines } from "@inspector/analysis/redaction/options";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { FORMATS, isFormat } from "@inspector/hub/export/formats";
import { type OtlpEndpoint, parseEndpoint } from "@inspector/hub/export/otlp-endpoint";
import { keepHeapSmall } from "@inspector/hub/export/small-heap";
import { type ExportRequest, exportTo } from "../export/export.ts";
import { VERSION } from "../version.ts";
import { parsedFilterOption } from "./filter-option.ts";
import { parseOptions } from "./options.ts";
import { wholeSession } from "./session-argument.ts";

export async function exportSession(args: readonly string[]): Promise<number> {
  const options = {
    format: { type: "string" },
    output: { type: "string" },
    otlp: { type: "string" },
    filter: { type: "string" },
    invocations: { type: "string" },
    "drop-bodies": { type: "boolean" },
    "drop-output": { type: "boolean" },
    force: { type: "boolean" },
    gzip: { type: "boolean" },
    "dry-run": { type: "boolean" },
    "no-redact": { type: "boolean" },
    policy: { type: "string" },
    redact: { type: "string", multiple: true },
    "redact-file": { type: "string" },
    "keep-unknown-fields": { type: "boolean" },
  } as const;
  const { values, positionals } = parseOptions("export", args, options, 1);
  const { format = values.otlp === undefined ? "ndjson" : "otlp" } = values;
  if (!isFormat(format)) {
    throw new InspectorError("bad-format", `--format ${format} is not known`, {
      hint: `Formats are ${Object.keys(FORMATS).join(", ")}.`,
    });
  }
  const endpoint = values.otlp === undefined ? undefined : endpointOf(values.otlp, format, values);
  keepHeapSmall();
  await exportTo({
    endpoint,
    session: await wholeSession(positionals[0]),
    format,
    output: values.output,
    messages: parsedFilterOption(values.filter),
    invocations: parsedFilterOption(values.invocations, "--invocations"),
    dropsOutput: values["drop-output"] === true,
    isForced: values.force === true,
    isCompressed: values.gzip === true,
    by: VERSION,
    isDryRun: values["dry-run"] === true,
    redaction: redactionOf(values),
  });
  return 0;
}

/** @throws {InspectorError} "bad-option" where there is a file to write, too */
function endpointOf(url: string, format: string, { output, gzip }: { output?: string; gzip?: boolean }): OtlpEndpoint {
  if (format !== "otlp" || output !== undefined || gzip === true) {
    throw new InspectorError("bad-option", "--otlp pushes spans and logs, and writes no file", {
      hint: "Leave out --format, --output and --gzip, or --otlp.",
    });
  }
  return parseEndpoint(url);
}

type Values = {
  readonly "no-redact"?: boolean | undefined;
  readonly policy?: string | undefined;
  readonly redact?: readonly string[] | undefined;
  readonly "redact-file"?: string | undefined;
  readonly "keep-unknown-fields"?: boolean | undefined;
  readonly "drop-bodies"?: boolean | undefined;
};

/** @throws {InspectorError} "bad-option" where what is to be replaced is asked for together with --no-redact */
function redactionOf(values: Values): ExportRequest["redaction"] {
  const { policy = "safe", redact = [], "redact-file": file } = values;
  const asked = ["policy", "redact", "redact-file", "keep-unknown-fields", "drop-bodies"] as const;
  if (values["no-redact"] === true) {
    const other = asked.find((name) => values[name] !== undefined);
    if (other !== undefined) {
      throw new InspectorError("bad-option", `--no-redact leaves everything as it is, so --${other} does nothing`, {
        hint: "Give one of the two.",
      });
    }
    return undefined;
  }
  const known = POLICIES.find((name) => name === policy);
  if (known === undefined) {
    throw new InspectorError("bad-option", `--policy ${policy} is not known`, {
      hint: `Policies are ${POLICIES.join(" and ")}; --no-redact leaves everything as it is.`,
    });
  }
  return {
    policy: known,
    own: [...redact.map(parseOwn), ...(file === undefined ? [] : parseOwnLines(readWords(file)))],
    keepsUnknownFields: values["keep-unknown-fields"] === true,
    dropsBodies: values["drop-bodies"] === true,
  };
}

function readWords(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new InspectorError("bad-option", `--redact-file ${file} cannot be read: ${reasonOf(cause)}`, {
      hint: "Name a file with a word, or an expression between slashes, on each line.",
      cause,
    });
  }
}
