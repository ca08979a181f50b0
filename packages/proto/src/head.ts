import { type ByteSource, ByteView, FieldCursor, WIRE_LENGTH, WIRE_VARINT } from "./field-cursor.ts";
import { Findings } from "./head-findings.ts";
import { lineOf } from "./head-line.ts";
import { contentPlans, kindsWithResult, NUMBER, type NumberSlot, type Plan, type Step, TEXT } from "./head-plan.ts";
import { MAX_ID, MAX_TEXT, oneLine, readText } from "./head-text.ts";
import { KIND, KIND_EMPTY, KIND_UNDECODABLE } from "./kinds.ts";

/** What a list shows of a message, read without decoding it. Absent members were not in the message. */
export type MessageHead = {
  /** Field number of the content in StreamingMessage; 0 for none, -1 for bytes that are not a protobuf message. */
  readonly kind: number;
  readonly requestId?: string | undefined;
  readonly invocationId?: string | undefined;
  readonly functionId?: string | undefined;
  readonly workerId?: string | undefined;
  /**
   * Number of StatusResult.Status, for kinds that have a result; 0 (Failure) where the result does not say. Of the loading of
   * several functions: the first that is no success, else success.
   */
  readonly status?: number | undefined;
  /** Number of RpcLog.Level; 0 (Trace) where an rpc_log does not say. */
  readonly level?: number | undefined;
  /** RpcLog.category, at most 200 characters. */
  readonly category?: string | undefined;
  /** Number of RpcLog.RpcLogCategory; 0 (User) where an rpc_log does not say. */
  readonly logCategory?: number | undefined;
  /** RetryContext.retry_count of an invocation_request, where the host sent one above 0: which retry this is. */
  readonly retryCount?: number | undefined;
  /**
   * What says most in one line of at most 200 characters: a log's text, "GET /api/hello?x=1", "200", an exception's
   * message, a function's name, "node 20.20.2, worker 3.9.1", "13 functions: hello, …".
   */
  readonly text?: string | undefined;
};

/** Fields looked at in one message before giving up; a real one has tens, the largest batches thousands. */
const MAX_FIELDS = 1_000_000;

const LOAD_RESPONSES = contentPlans[KIND.functionLoadResponseCollection]?.[1];
const SUCCESS = 1;

/** Reads one head. */
class HeadReader {
  readonly #view: ByteView;
  #fieldsLeft = MAX_FIELDS;
  /** Something was not available, so what is absent may merely not have been seen. */
  isCut = false;

  constructor(view: ByteView) {
    this.#view = view;
  }

  read(): MessageHead {
    const cursor = new FieldCursor(this.#view, 0, this.#view.length);
    let content = new Findings(this.#view);
    let requestId = "";
    let kind: number = KIND_EMPTY;
    let unknown: number = KIND_EMPTY;
    while (this.#next(cursor)) {
      if (cursor.wireType !== WIRE_LENGTH) {
        continue;
      }
      const plan = contentPlans[cursor.number];
      if (plan !== undefined) {
        if (kind !== KIND_EMPTY && kind !== cursor.number) {
          content = new Findings(this.#view);
        }
        kind = cursor.number;
        this.#walk(plan, cursor.start, cursor.end, content);
      } else if (cursor.number === 1) {
        requestId = readText(this.#view, cursor.start, cursor.end, MAX_ID);
      } else if (unknown === KIND_EMPTY) {
        unknown = cursor.number;
      }
    }
    if (cursor.fault === "malformed") {
      return { kind: KIND_UNDECODABLE };
    }
    return kind === KIND_EMPTY
      ? { kind: unknown, requestId: unlessEmpty(requestId) }
      : this.#describe(kind, requestId, content);
  }

  #next(cursor: FieldCursor): boolean {
    this.#fieldsLeft -= 1;
    const isNext = this.#fieldsLeft >= 0 && cursor.next();
    if (this.#fieldsLeft < 0 || cursor.fault === "missing") {
      this.isCut = true;
    }
    return isNext;
  }

  #walk(plan: Plan, from: number, to: number, found: Findings): void {
    const cursor = new FieldCursor(this.#view, from, to);
    while (this.#next(cursor)) {
      const step = plan[cursor.number];
      if (step !== undefined) {
        this.#take(step, cursor, found);
      }
    }
  }

  #take(step: Step, { wireType, start, end }: FieldCursor, found: Findings): void {
    if (wireType !== (step.take === "number" ? WIRE_VARINT : WIRE_LENGTH)) {
      return;
    }
    if (step.take === "text") {
      found.setText(step.text, start, end);
    } else if (step.take === "number") {
      found.setNumber(step.number, this.#int32(start, end));
    } else if (step.take === "message") {
      this.#walk(step.plan, start, end, found);
    } else if (step.take === "binding") {
      this.#takeBinding(step.plan, start, end, found);
    } else {
      this.#takeFunction(step.plan, start, end, found);
    }
  }

  #takeBinding(plan: Plan, start: number, end: number, found: Findings): void {
    if (found.binding?.isHttp) {
      return;
    }
    const binding = new Findings(this.#view);
    this.#walk(plan, start, end, binding);
    if (found.binding === undefined || binding.isHttp) {
      found.binding = binding;
    }
  }

  #takeFunction(plan: Plan, start: number, end: number, found: Findings): void {
    found.functions += 1;
    const hasStatus = plan === LOAD_RESPONSES?.plan;
    if (found.functionNames.length >= MAX_TEXT && !hasStatus) {
      return;
    }
    const named = new Findings(this.#view);
    this.#walk(plan, start, end, named);
    if (hasStatus && (found.functionStatus ?? SUCCESS) === SUCCESS) {
      found.functionStatus = named.number(NUMBER.status) ?? 0;
    }
    if (found.functionNames.length >= MAX_TEXT) {
      return;
    }
    const name = named.text(TEXT.message, MAX_TEXT);
    if (name !== "") {
      found.functionNames += found.functionNames === "" ? name : `, ${name}`;
    }
  }

  /** Low 32 bits of a varint, signed: what protobuf takes of an enum or int32. */
  #int32(start: number, end: number): number {
    let value = 0;
    for (let at = start; at < Math.min(end, start + 5); at += 1) {
      value |= (this.#view.byte(at) & 0x7f) << (7 * (at - start));
    }
    return value;
  }

  /** All members in one literal, so that all heads have one shape. */
  #describe(kind: number, requestId: string, found: Findings): MessageHead {
    const isLog = kind === KIND.rpcLog;
    const retryCount = found.number(NUMBER.retryCount);
    const status = this.#status(kind, found);
    return {
      kind,
      requestId: unlessEmpty(requestId),
      invocationId: unlessEmpty(found.text(TEXT.invocationId, MAX_ID)),
      functionId: unlessEmpty(found.text(TEXT.functionId, MAX_ID)),
      workerId: unlessEmpty(found.text(TEXT.workerId, MAX_ID)),
      status,
      level: isLog ? this.#number(NUMBER.level, found) : undefined,
      category: isLog ? unlessEmpty(found.text(TEXT.category, MAX_TEXT)) : undefined,
      logCategory: isLog ? this.#number(NUMBER.logCategory, found) : undefined,
      retryCount: retryCount === 0 ? undefined : retryCount,
      text: unlessEmpty(oneLine(lineOf(kind, found, status))),
    };
  }

  #status(kind: number, found: Findings): number | undefined {
    const { functionStatus } = found;
    if (functionStatus !== undefined && !(this.isCut && functionStatus === SUCCESS)) {
      return functionStatus;
    }
    return kindsWithResult.has(kind) ? this.#number(NUMBER.status, found) : undefined;
  }

  /** What is absent means 0, unless it may merely be out of reach. */
  #number(slot: NumberSlot, found: Findings): number | undefined {
    return found.number(slot) ?? (this.isCut ? undefined : 0);
  }
}

function unlessEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/**
 * Reads what a row needs of a StreamingMessage by tag, without a schema, in about a microsecond; never throws.
 *
 * Long fields are jumped over, so of a source only a few small windows are asked for, whatever its length. A source may
 * hold less than its `length`: the head then has what was within reach. Merging follows protobuf: the last content wins, numbers and
 * texts too. Text that is not UTF-8 is shown with U+FFFD.
 */
export function readHead(source: Uint8Array | ByteSource): MessageHead {
  return new HeadReader(new ByteView(source)).read();
}
