/** What a session holds of its invocations and of the start-up of their workers. */

import type { HttpAnswer } from "@inspector/analysis/replay/answer";
import { InspectorError } from "@inspector/contract/inspector-error";
import {
  type HttpLeg,
  type HttpLegPart,
  type InvocationRow,
  MAX_ROWS,
  type Seq,
  type StreamInfo,
} from "@inspector/contract/page";
import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import { parseFilter } from "@inspector/filter/parse";
import type { LegRequest } from "@inspector/hub/intervention/send-leg";
import { createReadInlined } from "@inspector/hub/payload";
import { decodeMessage, type StreamingMessage } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries, type Queries } from "@inspector/session/queries";
import { readStartup, STARTUP_KINDS, type Startup } from "./startup.ts";

/** Larger messages are not replayed, and not compared; with the values that are in shared memory. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** A recorded invocation. Its payloads are read when they are asked for. */
export type RecordedCall = {
  readonly row: InvocationRow;
  readonly functionName: string;
  /** Of the request as the worker got it. */
  readonly requestSeq: () => Seq | undefined;
  /** The StreamingMessage, with what was in shared memory in its place; undefined where it is not there, not whole or too large. */
  readonly request: () => Uint8Array | undefined;
  /** What the worker itself said: its logs and its response, in order; undefined where one of them cannot be read. */
  readonly answer: () => StreamingMessage[] | undefined;
  /** Whether something crossed beside the stream, and all of it was recorded. */
  readonly httpExtent: () => "whole" | "in part" | undefined;
  /** What crossed beside the stream, where that was recorded as a whole. */
  readonly http: () => RecordedHttp | undefined;
  /** Why it is not replayed, where that is clear from the recording. */
  readonly obstacle?: string;
};

/** A request to the worker's own HTTP server; no answer came where the function failed. */
export type RecordedHttp = { readonly request: LegRequest; readonly response: HttpAnswer | undefined };

/** A worker as it was recorded. */
export type RecordedWorker = { readonly stream: StreamInfo; readonly startup: Startup };

export type RecordedCalls = {
  readonly calls: readonly RecordedCall[];
  /** Those that the calls went to, in the order in which they connected. */
  readonly workers: readonly RecordedWorker[];
  /** What they were told, all together. */
  readonly startup: Startup;
};

export type CallChoice = {
  /** The beginning of an invocation id. */
  readonly invocation?: string | undefined;
  readonly filter?: Filter | undefined;
};

/** Invocations in the order in which they began, without those that the inspector sent itself, unless one is named. */
export function readRecordedCalls(database: Database, { invocation, filter }: CallChoice): RecordedCalls {
  const queries = createQueries(database);
  const invocations = createInvocationQueries(database);
  const read = createReader(queries);
  const condition = filter && compileInvocationFilter(filter, { scope: "all" });
  const ids = invocations.column(condition, 0, Number.MAX_SAFE_INTEGER);
  const calls: RecordedCall[] = [];
  for (let at = 0; at < ids.length; at += MAX_ROWS) {
    for (const row of invocations.rows(ids.slice(at, at + MAX_ROWS)).rows) {
      if (row.type !== "invocation") {
        continue;
      }
      const isWanted = invocation === undefined ? row.replay === undefined : row.invocationId.startsWith(invocation);
      if (isWanted) {
        calls.push(recordedCall(row));
      }
    }
  }
  const streams = new Set(calls.map(({ row }) => row.stream));
  const told = [...streams]
    .sort((a, b) => a - b)
    .flatMap((id) => queries.stream(id) ?? [])
    .map((stream) => ({ stream, messages: read.startup(stream.id) }));
  return {
    calls,
    workers: told.map(({ stream, messages }) => ({ stream, startup: readStartup(messages) })),
    startup: readStartup(told.flatMap(({ messages }) => messages)),
  };

  function recordedCall(row: InvocationRow): RecordedCall {
    const detail = () => invocations.detail(row.id);
    const obstacle = obstacleOf(row);
    return {
      row,
      functionName: row.functionName ?? row.functionId ?? "",
      requestSeq: () => detail()?.heard,
      request() {
        const seq = detail()?.heard;
        return seq === undefined ? undefined : read.payload(seq);
      },
      answer() {
        const all = detail()?.messages ?? [];
        const seqs: Seq[] = [];
        for (let at = 0; at < all.length; at += MAX_ROWS) {
          const { rows } = queries.messages(all.slice(at, at + MAX_ROWS));
          const own = rows.filter(({ from, intervention }) => from === "worker" && intervention !== "injected");
          seqs.push(...own.map(({ seq }) => seq));
        }
        const messages = seqs.flatMap((seq) => read.message(seq) ?? []);
        return messages.length === seqs.length ? messages : undefined;
      },
      httpExtent: () => extentOf(detail()?.http),
      http: () => httpOf(detail()?.http),
      ...(obstacle !== undefined && { obstacle }),
    };
  }

  function httpOf(leg: HttpLeg | undefined): RecordedHttp | undefined {
    if (leg === undefined || extentOf(leg) === "in part") {
      return undefined;
    }
    const { id, request, response } = leg;
    return {
      request: { ...request, body: httpBody(id, "request", request.size) },
      response: response && { ...response, body: httpBody(id, "response", response.size) ?? NOTHING },
    };
  }

  function httpBody(leg: number, part: "request" | "response", size: number): Uint8Array | undefined {
    const body = invocations.httpLegs.body(leg, part);
    return body === undefined ? undefined : queries.bodyBytes(body, 0, size);
  }
}

type Reader = {
  payload(seq: Seq): Uint8Array | undefined;
  message(seq: Seq): StreamingMessage | undefined;
  /** What the host said to a worker before it sent invocations. */
  startup(stream: number): StreamingMessage[];
};

function createReader(queries: Queries): Reader {
  const payload = createReadInlined(queries, MAX_MESSAGE_BYTES);
  const message = (seq: Seq): StreamingMessage | undefined => {
    const bytes = payload(seq);
    const decoded = bytes === undefined ? undefined : decodeMessage(bytes);
    return decoded?.ok ? decoded.message : undefined;
  };
  return {
    payload,
    message,
    startup(stream) {
      const parsed = parseFilter(`stream:${stream} side:host kind:${STARTUP_KINDS.join(",")}`);
      if (!parsed.ok) {
        throw new Error(parsed.message);
      }
      const seqs = queries.column(compileFilter(parsed.filter), 0, Number.MAX_SAFE_INTEGER);
      return seqs.flatMap((seq) => message(seq) ?? []);
    },
  };
}

/** How one worker of a session was started. */
export function readStartupOf(database: Database, stream: number): Startup {
  return readStartup(createReader(createQueries(database)).startup(stream));
}

const NOTHING = new Uint8Array();

function extentOf(leg: HttpLeg | undefined): "whole" | "in part" | undefined {
  if (leg === undefined) {
    return undefined;
  }
  const isAll = isWhole(leg.request) && (leg.response === undefined || isWhole(leg.response));
  return isAll ? "whole" : "in part";
}

function isWhole({ endedAt, isBodyDropped }: HttpLegPart): boolean {
  return endedAt !== undefined && isBodyDropped !== true;
}

function obstacleOf(row: InvocationRow): string | undefined {
  const { isOrphan, state, cancelledAt, answeredAt, isOverlapping } = row;
  if (isOrphan) {
    return "its request was not recorded";
  }
  if (state === "in-flight" || state === "lost" || state === "unknown") {
    return "its answer was not recorded";
  }
  if (cancelledAt !== undefined && (answeredAt === undefined || cancelledAt < answeredAt)) {
    return "the host cancelled it while it ran";
  }
  return isOverlapping ? "its id was in use twice at the same time" : undefined;
}

/** The one invocation or more that were asked for. @throws {InspectorError} "nothing-to-replay" */
export function assertAny({ calls }: RecordedCalls, { invocation, filter }: CallChoice): void {
  if (calls.length > 0) {
    return;
  }
  if (invocation !== undefined) {
    const match = filter === undefined ? "" : " and matches the filter";
    throw new InspectorError("nothing-to-replay", `There is no invocation whose id begins with ${invocation}${match}`, {
      hint: "`inspector tail FILE --filter kind:invocation_request --json` shows the ids.",
    });
  }
  throw new InspectorError(
    "nothing-to-replay",
    filter === undefined ? "The session has no invocations" : "No invocation of the session matches the filter",
    {
      hint: "`inspector tail FILE` shows what it holds. What the inspector itself sent is left out, unless --invocation names it.",
    },
  );
}
