import { type ByteSource, ByteView, FieldCursor, WIRE_LENGTH, WIRE_VARINT } from "./field-cursor.ts";
import { lineOf, type Told } from "./head-line.ts";
import { contentPlans, kindsWithResult, type NumberSlot, type Plan, type Step, type TextSlot } from "./head-plan.ts";
import { MAX_ID, MAX_TEXT, oneLine, readText } from "./head-text.ts";
import { KIND_EMPTY, KIND_UNDECODABLE } from "./kinds.ts";

/** What a list shows of a message, read without decoding it. Absent members were not in the message. */
export type MessageHead = {
  /** Field number of the content in StreamingMessage; 0 for none, -1 for bytes that are no protobuf message. */
  readonly kind: number;
  readonly requestId?: string;
  readonly invocationId?: string;
  readonly functionId?: string;
  readonly workerId?: string;
  /** Number of StatusResult.Status, for kinds that have a result; 0 (Failure) where the result does not say. */
  readonly status?: number;
  /** Number of RpcLog.Level; 0 (Trace) where an rpc_log does not say. */
  readonly level?: number;
  /** RpcLog.category, at most 200 characters. */
  readonly category?: string;
  /** Number of RpcLog.RpcLogCategory; 0 (User) where an rpc_log does not say. */
  readonly logCategory?: number;
  /**
   * What says most in one line of at most 200 characters: a log's text, "GET /api/hello?x=1", "200", an exception's
   * message, a function's name, "node 20.20.2, worker 3.9.1", "13 functions: hello, …".
   */
  readonly text?: string;
};

/** Fields looked at in one message before giving up; a real one has tens, the largest batches thousands. */
const MAX_FIELDS = 1_000_000;

type Span = { readonly start: number; readonly end: number };

/** What a walk has found: places of texts (decoded once, at the end), and numbers. */
class Findings {
  readonly texts: Partial<Record<TextSlot, Span>> = {};
  readonly numbers: Partial<Record<NumberSlot, number>> = {};
  binding: Findings | undefined;
  functions = 0;
  functionNames = "";

  get isHttp(): boolean {
    return this.texts.method !== undefined || this.texts.url !== undefined || this.texts.statusCode !== undefined;
  }
}

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
    const envelope = new Findings();
    let found = new Findings();
    let kind = KIND_EMPTY;
    let unknown = KIND_EMPTY;
    while (this.#next(cursor)) {
      if (cursor.wireType !== WIRE_LENGTH) continue;
      const plan = contentPlans[cursor.number];
      if (plan !== undefined) {
        if (kind !== cursor.number) found = new Findings();
        kind = cursor.number;
        this.#walk(plan, cursor.start, cursor.end, found);
      } else if (cursor.number === 1) {
        envelope.texts.requestId = { start: cursor.start, end: cursor.end };
      } else if (unknown === KIND_EMPTY) {
        unknown = cursor.number;
      }
    }
    if (cursor.fault === "malformed") return { kind: KIND_UNDECODABLE };
    const requestId = this.#text(envelope, "requestId", MAX_ID);
    return {
      kind: kind === KIND_EMPTY ? unknown : kind,
      ...(requestId !== undefined && { requestId }),
      ...(kind !== KIND_EMPTY && this.#describe(kind, found)),
    };
  }

  #next(cursor: FieldCursor): boolean {
    this.#fieldsLeft -= 1;
    const isNext = this.#fieldsLeft >= 0 && cursor.next();
    if (this.#fieldsLeft < 0 || cursor.fault === "missing") this.isCut = true;
    return isNext;
  }

  #walk(plan: Plan, from: number, to: number, found: Findings): void {
    const cursor = new FieldCursor(this.#view, from, to);
    while (this.#next(cursor)) {
      const step = plan[cursor.number];
      if (step !== undefined) this.#take(step, cursor, found);
    }
  }

  #take(step: Step, { wireType, start, end }: FieldCursor, found: Findings): void {
    if ("number" in step) {
      if (wireType === WIRE_VARINT) found.numbers[step.number] = this.#int32(start, end);
      return;
    }
    if (wireType !== WIRE_LENGTH) return;
    if ("text" in step) found.texts[step.text] = { start, end };
    else if ("plan" in step) this.#walk(step.plan, start, end, found);
    else if ("binding" in step) this.#takeBinding(step.binding, start, end, found);
    else this.#takeFunction(step.functions, start, end, found);
  }

  #takeBinding(plan: Plan, start: number, end: number, found: Findings): void {
    if (found.binding?.isHttp) return;
    const binding = new Findings();
    this.#walk(plan, start, end, binding);
    if (found.binding === undefined || binding.isHttp) found.binding = binding;
  }

  #takeFunction(plan: Plan, start: number, end: number, found: Findings): void {
    found.functions += 1;
    if (found.functionNames.length >= MAX_TEXT) return;
    const named = new Findings();
    this.#walk(plan, start, end, named);
    const name = this.#text(named, "message", MAX_TEXT);
    if (name !== undefined) found.functionNames += found.functionNames === "" ? name : `, ${name}`;
  }

  /** Low 32 bits of a varint, signed: what protobuf takes of an enum or int32. */
  #int32(start: number, end: number): number {
    let value = 0;
    for (let at = start; at < Math.min(end, start + 5); at += 1) {
      value |= (this.#view.byte(at) & 0x7f) << (7 * (at - start));
    }
    return value;
  }

  /** A text that is there and not empty. */
  #text(found: Findings, slot: TextSlot, max: number): string | undefined {
    const span = found.texts[slot];
    if (span === undefined || span.start === span.end) return undefined;
    const text = readText(this.#view, span.start, span.end, max);
    return text === "" ? undefined : text;
  }

  #describe(kind: number, found: Findings): Partial<MessageHead> {
    const invocationId = this.#text(found, "invocationId", MAX_ID);
    const functionId = this.#text(found, "functionId", MAX_ID);
    const workerId = this.#text(found, "workerId", MAX_ID);
    const category = this.#text(found, "category", MAX_TEXT);
    const status = kindsWithResult.has(kind) ? (found.numbers.status ?? this.#default()) : undefined;
    const level = kind === 2 ? (found.numbers.level ?? this.#default()) : undefined;
    const logCategory = kind === 2 ? (found.numbers.logCategory ?? this.#default()) : undefined;
    const text = oneLine(lineOf(kind, this.#told(found), status));
    return {
      ...(invocationId !== undefined && { invocationId }),
      ...(functionId !== undefined && { functionId }),
      ...(workerId !== undefined && { workerId }),
      ...(status !== undefined && { status }),
      ...(level !== undefined && { level }),
      ...(category !== undefined && { category }),
      ...(logCategory !== undefined && { logCategory }),
      ...(text !== "" && { text }),
    };
  }

  /** What an absent number means, unless it may merely be out of reach. */
  #default(): 0 | undefined {
    return this.isCut ? undefined : 0;
  }

  #told(found: Findings): Told {
    return {
      text: (slot) => this.#text(found, slot, MAX_TEXT) ?? "",
      number: (slot) => found.numbers[slot],
      binding: found.binding === undefined ? undefined : this.#told(found.binding),
      functions: found.functions,
      functionNames: found.functionNames,
    };
  }
}

/**
 * Reads what a row needs of a StreamingMessage by tag, without a schema, in about a microsecond; never throws.
 *
 * Long fields are jumped over, so of a source only a few small windows are asked for, whatever its length. A source may
 * hold less than its `length`: what could be seen is told. Merging follows protobuf: the last content wins, numbers and
 * texts too. Text that is not UTF-8 is shown with U+FFFD.
 */
export function readHead(source: Uint8Array | ByteSource): MessageHead {
  return new HeadReader(new ByteView(source)).read();
}
