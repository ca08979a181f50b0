/** FunctionRpc, the contract between the Azure Functions host and its language workers: schema, codec, heads. */
export { clone, create, equals, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
export { decodeBase64, encodeBase64, parseBase64 } from "./base64.ts";
export * from "./codec.ts";
export * from "./custom-handler.ts";
export { type Damage, findDamage, type IsUtf8 } from "./damage.ts";
export { stackBeginsWith } from "./exception.ts";
export { EXTENSION_RPC_PATH, type ExtensionMessage, readExtensionMessage } from "./extension-calls.ts";
export { FIELD_CLASSES, type FieldClass } from "./field-classes.ts";
export {
  type ByteSource,
  ByteView,
  FieldCursor,
  partOf,
  WIRE_BIT32,
  WIRE_BIT64,
  WIRE_LENGTH,
  WIRE_START_GROUP,
  WIRE_VARINT,
} from "./field-cursor.ts";
export type { Place } from "./field-plan.ts";
export { isInContract } from "./fields-of.ts";
export * from "./gen/FunctionRpc_pb.ts";
export * from "./gen/identity/ClaimsIdentityRpc_pb.ts";
export * from "./gen/shared/NullableTypes_pb.ts";
export { type MessageHead, readHead } from "./head.ts";
export { decodeUtf8, encodeUtf8, MAX_ID, MAX_TEXT, oneLine } from "./head-text.ts";
export { joinBytes } from "./join-bytes.ts";
export { formatPath, type PathPart } from "./json-path.ts";
export { type JsonSchema, streamingMessageSchema } from "./json-schema.ts";
export * from "./kinds.ts";
export type { Revision } from "./revisions.ts";
export { type Rewriter, rewriteMessage } from "./rewrite.ts";
export { readVarint } from "./varint.ts";
