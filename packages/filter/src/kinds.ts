import { kindName } from "@inspector/proto";

/** `message.kind` of a message of another service on the same port. */
export const KIND_OTHER_SERVICE = -2;

/**
 * What {@link import("@inspector/contract/page").MessageRow.kind} shows for `message.kind`.
 * @param path the stream's gRPC path, "/Settlement/Complete"
 */
export function nameKind(kind: number, path: string): string {
  return kind === KIND_OTHER_SERVICE ? path.replace(/^\//, "") : kindName(kind);
}
