/**
 * What the peers of a soak say. Each message carries its number and the time of its sending in a text of its own:
 * `LANE NUMBER PART MICROSECONDS filler`. Messages of the lane "p" pass; those of "h" belong to invocations of the
 * function that hold rules are about, so they may be late and out of order, except within their invocation.
 */
import {
  create,
  decodeMessage,
  encodeMessage,
  type MessageInitShape,
  RpcLog_Level,
  StatusResult_Status,
  type StreamingMessage,
  StreamingMessageSchema,
} from "@inspector/proto";
import type { Dice } from "./dice.ts";

export type Lane = "p" | "h";

/** @property part 0 for a request, 1 to {@link LOGS} for its logs, and {@link ANSWER} for its response */
export type Mark = { readonly lane: Lane; readonly number: number; readonly part: number; readonly sentAt: number };

export const FUNCTIONS: Readonly<Record<Lane, string>> = { p: "passing", h: "held" };
export const LOGS = 3;
export const ANSWER: number = LOGS + 1;
/** A request, its logs and its response. */
export const MESSAGES_PER_INVOCATION: number = LOGS + 2;
/** One invocation of so many is of the function that is held. */
export const HELD_ONE_IN = 40;

const FILLER = "The quick brown fox jumps over the lazy dog. ".repeat(50_000);
const SUCCESS = { status: StatusResult_Status.Success } as const;

/** Microseconds by a clock that all processes of the machine share. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Mostly some hundred bytes, now and then many kilobytes, seldom more than a mebibyte. */
export function lengthOf(dice: Dice): number {
  const kind = dice.roll(20_000);
  if (kind === 0) {
    return dice.between(1_000_000, 2_000_000);
  }
  return kind < 40 ? dice.between(10_000, 100_000) : dice.between(20, 600);
}

function textOf({ lane, number, part, sentAt }: Mark, length: number): string {
  return `${lane} ${number} ${part} ${sentAt} ${FILLER.slice(0, length)}`;
}

type Content = NonNullable<MessageInitShape<typeof StreamingMessageSchema>["content"]>;

export function encode(content: Content, requestId = ""): Buffer {
  return Buffer.from(encodeMessage(create(StreamingMessageSchema, { requestId, content })));
}

export function requestOf(mark: Mark, length: number): Buffer {
  const data = { case: "string", value: textOf(mark, length) } as const;
  return encode({
    case: "invocationRequest",
    value: {
      invocationId: invocationIdOf(mark),
      functionId: FUNCTIONS[mark.lane],
      inputData: [{ name: "in", rpcData: { case: "data", value: { data } } }],
    },
  });
}

export function logOf(mark: Mark, invocationId: string, length: number): Buffer {
  const message = textOf(mark, length);
  return encode({
    case: "rpcLog",
    value: { invocationId, category: "Function.soak.User", level: RpcLog_Level.Information, message },
  });
}

export function responseOf(mark: Mark, invocationId: string, length: number): Buffer {
  const returnValue = { data: { case: "string", value: textOf(mark, length) } } as const;
  return encode({ case: "invocationResponse", value: { invocationId, result: SUCCESS, returnValue } });
}

/** The host's own ids; those of replays are the inspector's. */
export function invocationIdOf({ lane, number }: Pick<Mark, "lane" | "number">): string {
  return `soak-${lane}-${number}`;
}

export function isHostsOwn(invocationId: string): boolean {
  return invocationId.startsWith("soak-");
}

export function decode(bytes: Uint8Array): StreamingMessage {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) {
    throw new Error(`a peer got bytes that are no message: ${decoded.reason}`);
  }
  return decoded.message;
}

/** Undefined for a message of the start-up. */
export function markOf({ content }: StreamingMessage): Mark | undefined {
  const text = markedText(content);
  if (text === undefined) {
    return undefined;
  }
  const [lane, number, part, sentAt] = text.split(" ", 4);
  if (lane !== "p" && lane !== "h") {
    throw new Error(`a message without its mark: ${text.slice(0, 60)}`);
  }
  return { lane, number: Number(number), part: Number(part), sentAt: Number(sentAt) };
}

function markedText(content: StreamingMessage["content"]): string | undefined {
  if (content.case === "rpcLog") {
    return content.value.message;
  }
  if (content.case === "invocationResponse") {
    const data = content.value.returnValue?.data;
    return data?.case === "string" ? data.value : "";
  }
  if (content.case !== "invocationRequest") {
    return undefined;
  }
  const given = content.value.inputData[0]?.rpcData;
  return given?.case === "data" && given.value.data.case === "string" ? given.value.data.value : "";
}
