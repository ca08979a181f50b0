/**
 * What page and hub say to each other about an export, and what `inspector export --dry-run` says, too.
 *
 * | request | answer |
 * |---|---|
 * | `POST /api/exports` {@link ExportWish} | {@link ExportState} (201): the file is being prepared, apart from the recording |
 * | `GET /api/exports/ID` | {@link ExportState}; whoever stops asking for {@link EXPORT_KEPT_MS} gives it up |
 * | `POST /api/exports/ID/ticket` | {@link ExportTicket}: an address that gives the whole file, once, without the token |
 * | `DELETE /api/exports/ID` | 204: it is given up, and nothing of it is left |
 */
import type { ErrorBody, Seq } from "./page.ts";

/** An export that nobody asks about for so long is given up: a browser lets a page that is hidden ask once a minute. */
export const EXPORT_KEPT_MS = 150_000;

/** `none`: everything leaves as it is. */
export type ExportPolicy = "safe" | "headers-only" | "none";

/** What somebody asks to have exported. */
export type ExportWish = {
  /** A name of {@link EXPORT_FORMATS}. */
  readonly format: string;
  readonly isCompressed: boolean;
  readonly policy: ExportPolicy;
  /** Own words, and expressions between slashes. */
  readonly own: readonly string[];
  /** Bodies are emptied, whatever the policy; not with `none`. */
  readonly dropsBodies: boolean;
  /** Lines that processes wrote are left out. */
  readonly dropsOutput: boolean;
  /** A filter of messages; "" for all. */
  readonly filter: string;
  /** A filter of invocations and start-up steps, of which each leaves as a whole; "" for no such selection. */
  readonly invocations: string;
};

/** Why something was replaced: its field's class, its form, somebody's own word, or because it was replaced elsewhere. */
export type ReplacedWhy = "field" | "form" | "own" | "elsewhere";

/** Where something was replaced. A message of that number is in the session and in the copy. */
export type ReplacedPlace =
  | { readonly type: "message"; readonly seq: Seq }
  | { readonly type: "http"; readonly invocationId: string }
  | { readonly type: "event"; readonly event: string }
  | { readonly type: "row"; readonly table: string };

export type Replaced = {
  readonly why: ReplacedWhy;
  /** The field ("RpcHttp.headers"), or what its form says ("jwt"). */
  readonly what: string;
  /** Of a field: "value", "headers", "body" … as in field-classes.ts. */
  readonly fieldClass?: string;
  readonly count: number;
  /** The first of them, {@link MAX_PLACES} at most; each once. */
  readonly places: readonly ReplacedPlace[];
};

export const MAX_PLACES = 20;

/** What a file holds of each kind. */
export type ExportCounts = {
  readonly messages: number;
  readonly invocations: number;
  readonly logs: number;
  /** HTTP requests beside the stream. */
  readonly http: number;
  /** Values in shared memory. */
  readonly memory: number;
  /** Lines that processes wrote. */
  readonly output: number;
  /** What else happened: processes, connections, gaps. */
  readonly events: number;
};

/** What an export is about to give away. All of it is counted in the file itself, nothing is estimated. */
export type ExportFacts = {
  readonly leaves: ExportCounts;
  /** The session's own, to be compared with. */
  readonly of: ExportCounts;
  /** Absent where nothing was to be replaced. Most often replaced first. */
  readonly replaced?: readonly Replaced[];
  /** Different values that were replaced, and how many of them were too many to be looked for everywhere. */
  readonly secrets: number;
  readonly beyond: number;
  /** What the format consists of, and how many of that were written. */
  readonly unit: string;
  readonly units: number;
  /** Bytes of the file. */
  readonly size: number;
};

export type ExportStep = "learn" | "copy" | "write";

export type ExportState = {
  readonly id: string;
  /** The name that the file is to have. */
  readonly name: string;
} & (
  | {
      readonly phase: "preparing";
      readonly step: ExportStep;
      /** From 0 to 1; of the step. */
      readonly part: number;
    }
  | {
      readonly phase: "ready";
      readonly facts: ExportFacts /** Bytes that a browser has taken. */;
      readonly taken: number;
    }
  | { readonly phase: "failed"; readonly error: ErrorBody["error"] }
);

export type ExportTicket = { readonly href: string };

/** The forms in which a session leaves: the ends of their names, and what they are for. */
export const EXPORT_FORMATS = {
  inspector: { suffix: ".inspector", title: "Session", isZipped: true },
  html: { suffix: ".html", title: "Page for any browser", isZipped: false },
  ndjson: { suffix: ".ndjson", title: "Lines of JSON", isZipped: true },
  "session-ndjson": { suffix: ".session.ndjson", title: "Session as lines of JSON", isZipped: true },
  markdown: { suffix: ".md", title: "Summary for an issue", isZipped: false },
  har: { suffix: ".har", title: "HAR 1.2", isZipped: false },
  otlp: { suffix: ".otlp.jsonl", title: "OpenTelemetry (OTLP/JSON)", isZipped: true },
  aspire: { suffix: ".zip", title: "Archive for the Aspire dashboard", isZipped: false },
  pcapng: { suffix: ".pcapng", title: "Capture for Wireshark", isZipped: false },
} as const satisfies Readonly<Record<string, ExportFormat>>;

export type ExportFormat = {
  readonly suffix: string;
  readonly title: string;
  /** Whether it makes sense to compress it: whoever reads it may know gzip. */
  readonly isZipped: boolean;
};

export type ExportFormatName = keyof typeof EXPORT_FORMATS;
