/** An OpenTelemetry endpoint, spoken to as OTLP/HTTP with JSON. */
import { setTimeout as sleep } from "node:timers/promises";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { OtlpRequest } from "./otlp.ts";

export type OtlpEndpoint = {
  /** Its base: requests go to `v1/traces` and `v1/logs` below it. */
  readonly url: string;
  /** As in OTEL_EXPORTER_OTLP_HEADERS: an API key, for example. */
  readonly headers: Readonly<Record<string, string>>;
};

/** What became of a request. `retry` may succeed later, after so many ms where the endpoint said so; `refused` never will. */
export type OtlpOutcome =
  | {
      readonly type: "taken" /** Records that the endpoint did not take. */;
      readonly rejected: number;
      readonly reason: string;
    }
  | { readonly type: "retry"; readonly reason: string; readonly afterMs?: number }
  | { readonly type: "refused"; readonly reason: string };

const ANSWER_LIMIT_MS = 10_000;
/** OTLP/HTTP: these may be tried again, all others may not. */
const RETRYABLE = [429, 502, 503, 504];
/** Of what an endpoint answers so much is read. */
const MAX_ANSWER_CHARS = 64 * 1024;
const MAX_QUOTED = 200;

/**
 * @param text "http://127.0.0.1:4318", with a path below which `v1/…` is where there is one
 * @throws {InspectorError} "bad-option"
 */
export function parseEndpoint(text: string, env: NodeJS.ProcessEnv = process.env): OtlpEndpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol)) {
    throw new InspectorError("bad-option", `--otlp ${text} is no address of an OpenTelemetry endpoint`, {
      hint: "Write it with http:// or https://, for example --otlp http://127.0.0.1:4318 (OTLP over HTTP, not gRPC).",
    });
  }
  return {
    url: url.href.replace(/(?:\/v1\/(?:traces|logs))?\/*$/u, ""),
    headers: headersIn(env["OTEL_EXPORTER_OTLP_HEADERS"] ?? ""),
  };
}

function headersIn(text: string): Record<string, string> {
  const pairs = text
    .split(",")
    .map((pair) => [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1).trim()] as const);
  return Object.fromEntries(pairs.filter(([name]) => name !== "").map(([name, value]) => [name, decoded(value)]));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Sends one request, once. Never throws. */
export async function sendOtlp({ url, headers }: OtlpEndpoint, request: OtlpRequest): Promise<OtlpOutcome> {
  try {
    const response = await fetch(`${url}/v1/${request.signal}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: request.body,
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const text = (await response.text()).slice(0, MAX_ANSWER_CHARS);
    if (response.ok) {
      return { type: "taken", ...rejectedIn(text) };
    }
    const reason = `it answered ${response.status} ${text.slice(0, MAX_QUOTED)}`.trim();
    if (!RETRYABLE.includes(response.status)) {
      return { type: "refused", reason };
    }
    const afterSeconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return { type: "retry", reason, ...(afterSeconds >= 0 && { afterMs: afterSeconds * 1000 }) };
  } catch (cause) {
    const { cause: inner } = cause instanceof Error ? cause : {};
    return { type: "retry", reason: reasonOf(inner ?? cause) };
  }
}

/** A partial success: `rejectedSpans` and `rejectedLogRecords` are texts in JSON, since they are of 64 bits. */
function rejectedIn(text: string): { rejected: number; reason: string } {
  try {
    const { partialSuccess } = Object(JSON.parse(text));
    const { rejectedSpans, rejectedLogRecords, errorMessage } = Object(partialSuccess);
    const rejected = Number(rejectedSpans ?? rejectedLogRecords ?? 0);
    return {
      rejected: Number.isFinite(rejected) ? rejected : 0,
      reason: String(errorMessage ?? "").slice(0, MAX_QUOTED),
    };
  } catch {
    return { rejected: 0, reason: "" };
  }
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** How long to wait before the next attempt: longer each time, and never all at the same moment. */
export class BackOff {
  #delay = FIRST_DELAY_MS;

  next(asked: number | undefined): number {
    const delay = this.#delay * (0.5 + Math.random() / 2);
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY_MS);
    return Math.min(Math.max(delay, asked ?? 0), 2 * LONGEST_DELAY_MS);
  }

  reset(): void {
    this.#delay = FIRST_DELAY_MS;
  }
}

/** What was sent by {@link sendUntilTaken}. */
export type Sent = { spans: number; logs: number; rejected: number };

/** Attempts for one request before a command gives up. */
const MAX_ATTEMPTS = 6;

/** Sends a request until it is taken. @throws {InspectorError} "not-sent" where the endpoint refuses it, or does not take it in time */
export async function sendUntilTaken(endpoint: OtlpEndpoint, request: OtlpRequest, sent: Sent): Promise<void> {
  const backOff = new BackOff();
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await sendOtlp(endpoint, request);
    if (outcome.type === "taken") {
      sent.rejected += outcome.rejected;
      sent[request.signal === "traces" ? "spans" : "logs"] += request.records - outcome.rejected;
      return;
    }
    if (outcome.type === "refused" || attempt === MAX_ATTEMPTS) {
      throw new InspectorError("not-sent", `${endpoint.url} does not take the export: ${outcome.reason}`, {
        hint: `${sent.spans} spans and ${sent.logs} logs were taken before. Is it an endpoint of OTLP over HTTP? Headers come from OTEL_EXPORTER_OTLP_HEADERS.`,
      });
    }
    await sleep(backOff.next(outcome.afterMs));
  }
}
