/** How the loading of functions went, and what they are bound to. */

import type { BindingInfo, ExchangeState, FunctionInfo } from "@inspector/contract/page";
import { CUSTOM_HANDLER_PATH, decodeMessage, type RpcFunctionMetadata } from "@inspector/proto";
import { type Database, numberOf } from "./database.ts";
import { invocationState } from "./invocation/invocation.ts";
import { workerStepOf } from "./invocation/store.ts";
import type { ReadPayload } from "./payload.ts";
import { isRecord, jsonOf, optional } from "./sql-values.ts";

type Load = Pick<FunctionInfo, "bindings" | "load" | "loadError">;

/**
 * How the loading of one worker's function went, and what is said of its bindings.
 * @param ended streams behind whose end nobody answers any more
 */
export function createLoads(database: Database, readPayload: ReadPayload, ended: ReadonlySet<number>) {
  const exchange = database.prepare(
    // What was loaded once stays loaded, whatever a later attempt gives.
    "SELECT * FROM worker_step WHERE stream = ? AND step = 'load' AND subject = ? ORDER BY ifnull(status = 1, 0) DESC, attempt DESC LIMIT 1",
  );
  const indexed = database.prepare(
    "SELECT DISTINCT stream FROM worker_step WHERE step = 'index' AND answered_seq IS NOT NULL ORDER BY stream DESC",
  );
  const described = new Map<number, Map<string, RpcFunctionMetadata>>();

  /** From requests that name several functions: a load of a collection, or the worker's own index. */
  function describedIn(stream: number): Map<string, RpcFunctionMetadata> {
    const known = described.get(stream);
    if (known !== undefined) {
      return known;
    }
    const found = new Map<string, RpcFunctionMetadata>();
    const seqs = database
      .prepare(
        `SELECT answered_seq AS seq FROM worker_step WHERE stream = ? AND step = 'index' AND answered_seq IS NOT NULL
         UNION ALL SELECT started_seq FROM worker_step WHERE stream = ? AND step = 'load' AND subject = '' AND started_seq IS NOT NULL`,
      )
      .all(stream, stream);
    for (const { seq } of seqs) {
      for (const [id, metadata] of metadataIn(readPayload(numberOf(seq)))) {
        found.set(id, metadata);
      }
    }
    described.set(stream, found);
    return found;
  }

  /**
   * A host's request to load a function names its bindings without their settings. Those stand in what a worker indexed, and a host
   * asks one of its workers only.
   */
  let indexes: readonly Map<string, RpcFunctionMetadata>[] | undefined;
  function detailFor(functionId: string, name: string | undefined, binding: BindingInfo): Pick<BindingInfo, "detail"> {
    if (binding.detail !== undefined) {
      return {};
    }
    indexes ??= indexed.all().map((row) => describedIn(numberOf(row["stream"])));
    for (const index of indexes) {
      const metadata = index.get(functionId) ?? [...index.values()].find((one) => one.name === name && name !== "");
      const found =
        metadata && bindingsOf(metadata).find((one) => one.name === binding.name && one.type === binding.type);
      if (found?.detail !== undefined) {
        return { detail: found.detail };
      }
    }
    return {};
  }

  const handler = database.prepare("SELECT headers FROM stream WHERE id = ? AND path = ?");

  return (stream: number, functionId: string): Load => {
    const ofHandler = handler.get(stream, CUSTOM_HANDLER_PATH);
    if (ofHandler !== undefined) {
      // It has nothing to load: its host reads function.json, and the handler answers for every function.
      return { load: "success", bindings: handlerBindings(jsonOf(ofHandler["headers"]), functionId) };
    }
    const row = exchange.get(stream, functionId) ?? exchange.get(stream, "");
    const step = row === undefined ? undefined : workerStepOf(row);
    const isEnded = ended.has(stream);
    const answer = step?.subject === "" && step.answeredSeq !== undefined ? readPayload(step.answeredSeq) : undefined;
    const own = answer === undefined ? undefined : loadResultIn(answer, functionId);
    const state: ExchangeState | "not-requested" =
      step === undefined ? "not-requested" : invocationState({ ...step, ...own }, isEnded);
    const requested = step?.startedSeq === undefined ? undefined : readPayload(step.startedSeq);
    const metadata = metadataIn(requested).get(functionId) ?? describedIn(stream).get(functionId);
    const bindings = metadata === undefined ? [] : bindingsOf(metadata);
    return {
      bindings: bindings.map((binding) => ({ ...binding, ...detailFor(functionId, metadata?.name, binding) })),
      load: state,
      ...optional("loadError", state === "failed" ? (own?.result ?? step?.result) : undefined),
    };
  };
}

/** How one function fared in a load of several. */
function loadResultIn(
  payload: Uint8Array,
  functionId: string,
): { readonly status: number; readonly result: string | undefined } | undefined {
  const decoded = decodeMessage(payload);
  if (!decoded.ok || decoded.message.content.case !== "functionLoadResponseCollection") {
    return undefined;
  }
  const own = decoded.message.content.value.functionLoadResponses.find(
    (response) => response.functionId === functionId,
  );
  return own && { status: own.result?.status ?? 0, result: own.result?.exception?.message ?? own.result?.result };
}

function metadataIn(payload: Uint8Array | undefined): Map<string, RpcFunctionMetadata> {
  const found = new Map<string, RpcFunctionMetadata>();
  const decoded = payload === undefined ? undefined : decodeMessage(payload);
  if (!decoded?.ok) {
    return found;
  }
  const { content } = decoded.message;
  const note = (id: string, metadata: RpcFunctionMetadata | undefined): void => {
    if (metadata !== undefined) {
      found.set(id, metadata);
    }
  };
  if (content.case === "functionLoadRequest") {
    note(content.value.functionId, content.value.metadata);
  }
  if (content.case === "functionLoadRequestCollection") {
    for (const request of content.value.functionLoadRequests) {
      note(request.functionId, request.metadata);
    }
  }
  if (content.case === "functionMetadataResponse") {
    for (const metadata of content.value.functionMetadataResults) {
      note(metadata.functionId, metadata);
    }
  }
  return found;
}

const DIRECTIONS = ["in", "out", "inout"] as const;

/** From what is kept of a custom handler in its stream's headers. */
function handlerBindings(headers: unknown, functionId: string): BindingInfo[] {
  const handler = isRecord(headers) && isRecord(headers["handler"]) ? headers["handler"] : {};
  const functions = Array.isArray(handler["functions"]) ? handler["functions"].filter(isRecord) : [];
  const { bindings } = functions.find(({ name }) => name === functionId) ?? {};
  return (Array.isArray(bindings) ? bindings.filter(isRecord) : []).map(writtenBinding);
}

/** A binding of a function.json, or of what a worker indexed. */
function writtenBinding({ name, type, direction, ...settings }: Record<string, unknown>): BindingInfo {
  const spelt = String(direction).toLowerCase();
  return {
    name: String(name),
    type: String(type),
    direction: DIRECTIONS.find((one) => one === spelt) ?? "in",
    ...optional("detail", Object.keys(settings).length > 0 ? settings : undefined),
  };
}

/** `detail` is the binding as its author wrote it, where the worker passed that on. What it wrote only is a binding, too. */
function bindingsOf({ bindings, rawBindings }: RpcFunctionMetadata): BindingInfo[] {
  const raw = rawBindings.map(jsonOf).filter(isRecord);
  const named = Object.entries(bindings).map(([name, { type, direction, properties }]): BindingInfo => {
    const written = raw.find((value) => value["name"] === name);
    const detail: unknown = written ?? (Object.keys(properties).length > 0 ? properties : undefined);
    return { name, type, direction: DIRECTIONS[direction] ?? "in", ...optional("detail", detail) };
  });
  return [...named, ...raw.filter(({ name }) => !(String(name) in bindings)).map(writtenBinding)];
}
