import type { ByteSource } from "../src/field-cursor.ts";
import type { StreamingMessage } from "../src/gen/FunctionRpc_pb.ts";
import { StreamingMessageSchema } from "../src/gen/FunctionRpc_pb.ts";
import type { MessageHead } from "../src/head.ts";
import { cutText, MAX_TEXT, oneLine } from "../src/head-text.ts";

/** What any content may have of the fields that a head shows. */
type AnyContent = {
  readonly $typeName: string;
  readonly invocationId?: string;
  readonly functionId?: string;
  readonly workerId?: string;
  readonly result?:
    | { readonly status: number; readonly exception?: { readonly message: string } | undefined }
    | undefined;
};

/** The head that full decoding leads to, as far as it needs no choice of words. For tests of `readHead`. */
export function expectedHead({ requestId, content, $unknown }: StreamingMessage): Partial<MessageHead> {
  const field = StreamingMessageSchema.fields.find(({ localName }) => localName === content.case);
  if (field === undefined || content.case === undefined) {
    return compact({ kind: $unknown?.find(({ wireType }) => wireType === 2)?.no ?? 0, requestId });
  }
  const value: AnyContent = content.value;
  const { invocationId, functionId, workerId, result } = value;
  const hasResult = field.message?.fields.some(({ name }) => name === "result");
  const status = hasResult ? (result?.status ?? 0) : undefined;
  const failure = status !== undefined && status !== 1 ? result?.exception?.message : undefined;
  const retryCount = content.case === "invocationRequest" ? content.value.retryContext?.retryCount : undefined;
  const log = content.case === "rpcLog" ? content.value : undefined;
  return compact({
    kind: field.number,
    requestId,
    invocationId,
    functionId,
    workerId,
    status,
    level: log?.level,
    category: cutText(log?.category ?? "", MAX_TEXT),
    logCategory: log?.logCategory,
    retryCount: retryCount === 0 ? undefined : retryCount,
    text: oneLine((log === undefined ? failure : log.message || log.exception?.message) ?? ""),
  });
}

function compact(head: Record<string, unknown>): Partial<MessageHead> {
  return Object.fromEntries(Object.entries(head).filter(([, value]) => value !== undefined && value !== ""));
}

/** A source that keeps its bytes in parts, as the session does, and counts what it is asked for. */
export function inParts(
  bytes: Uint8Array,
  partSize: number,
): ByteSource & { readonly asked: { slices: number; bytes: number } } {
  const asked = { slices: 0, bytes: 0 };
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += partSize) {
    parts.push(bytes.slice(at, at + partSize));
  }
  return {
    length: bytes.length,
    asked,
    slice(start, end) {
      asked.slices += 1;
      asked.bytes += end - start;
      return Uint8Array.from({ length: end - start }, (_, index) => {
        const at = start + index;
        return parts[Math.floor(at / partSize)]?.[at % partSize] ?? 0;
      });
    },
  };
}
