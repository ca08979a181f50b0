export { headerValue } from "./calls.ts";
export { type Conversation, type ConversationState, createConversation, restoreConversation } from "./conversation.ts";
export type { ConversationEvents } from "./conversation-events.ts";
export { type FramePosition, FrameWalker } from "./frame-walker.ts";
export type { Side } from "./frames.ts";
export { type MessagePart, PART_BYTES } from "./grpc.ts";
export type { Header } from "./hpack.ts";
export * from "./journal.ts";
