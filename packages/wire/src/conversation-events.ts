import type { Side } from "./frames.ts";
import type { MessagePart } from "./grpc.ts";
import type { Header } from "./hpack.ts";

/**
 * What a conversation tells, synchronously and in the order of the wire. Header names and values are one character a
 * byte (latin1). Of one stream: `streamOpened` first, `streamForgotten` last.
 */
export type ConversationEvents = {
  /** The worker made a call (of any kind: only those with content-type `application/grpc` have messages). */
  streamOpened(event: { readonly stream: number; readonly path: string; readonly headers: readonly Header[] }): void;
  /**
   * The host's response headers, or either side's trailers. A call that fails at once has one block for both
   * ("Trailers-Only", with grpc-status): that has `trailers` set. Informational responses (1xx) come as headers.
   */
  headers(event: {
    readonly stream: number;
    readonly side: Side;
    readonly headers: readonly Header[];
    readonly trailers: boolean;
  }): void;
  message(part: MessagePart): void;
  /**
   * A side said that it will send no more ("end"), or cancelled the stream for both ("reset").
   *
   * Messages of the other side may still follow a reset: they were sent before it got there.
   */
  streamEnded(event: {
    readonly stream: number;
    readonly by: Side;
    readonly how: "end" | "reset";
    /** Of a reset: the HTTP/2 error code. */
    readonly code?: number;
  }): void;
  /** Nothing more will be said of this stream. Not called for those that are open when the connection closes. */
  streamForgotten?(event: { readonly stream: number }): void;
  goaway(event: {
    readonly by: Side;
    readonly code: number;
    readonly lastStream: number;
    readonly debug: string;
  }): void;
  /**
   * These bytes cannot be understood.
   *
   * With `stream`: the messages of that side of that stream end here, the rest goes on. Without: the connection says
   * nothing more, though it still takes bytes.
   */
  unreadable(event: { readonly side: Side; readonly stream: number | undefined; readonly reason: string }): void;
};
