/**
 * What hub and relay say to each other about intervening, one JSON object a line on the control socket. Connections are
 * the relay's own numbers, `stream` is HTTP/2's; messages are StreamingMessages without gRPC's five bytes, in base64.
 *
 * A relay works on orders only while the hub that gave them is connected: when the line is gone, rules are removed and
 * everything held is released in order. Replays that were sent stay swallowed.
 */

/** A stream as relay and hub both know it: the relay's number of the connection, and HTTP/2's of the stream. */
export type StreamName = { readonly connection: number; readonly stream: number };

/** Where a message goes. */
export type Direction = "to-worker" | "to-host";

/** Why a held message went on without anybody having decided on it. */
export type LetGoReason = "rule-ended" | "hub-gone" | "stream-ended" | "time-limit" | "no-verdict" | "no-room";

/** From the hub. */
export type InterventionOrder =
  /** Sends a message to the worker; what it says with this invocation id is swallowed from then on (its `invocation_response` and `rpc_log`). */
  | {
      readonly order: "replay";
      readonly at: StreamName;
      readonly invocationId: string;
      /** Copied into the event that records the message. */
      readonly mark: { readonly run: number; readonly n: number; readonly isEdited: boolean };
      /** A message may come in several lines: all but the last say `more`. */
      readonly message: string;
      readonly more?: true;
    }
  /**
   * The hub is about to post this invocation to a custom handler, by way of the relay: its mark stands in the journal before the request.
   * "replay-sent" says that it does.
   */
  | {
      readonly order: "announce-replay";
      readonly at: StreamName;
      readonly invocationId: string;
      readonly mark: { readonly run: number; readonly n: number; readonly isEdited: boolean };
    }
  /** Nobody waits for the answer to a replay any more; it is not sent where it has not begun to be. */
  | { readonly order: "give-up"; readonly at: StreamName; readonly invocationId: string }
  /** Sends a message beside an invocation, as invocation_cancel of a replay. */
  | {
      readonly order: "inject";
      readonly at: StreamName;
      readonly direction: Direction;
      readonly message: string;
      /** Names of maps: close_shared_memory_resources_response for them is swallowed, which answers the message. */
      readonly maps?: readonly string[];
    }
  /** The relay holds what matches and tells of it; `ask` where the hub looks at each first ("pass" or "keep"). */
  | {
      readonly order: "hold";
      readonly rule: number;
      readonly at: StreamName;
      readonly direction: Direction;
      /** Field numbers of StreamingMessage's content. */
      readonly kinds: readonly number[];
      /** Absent: any. Compared with the message's own function id, or with that of its invocation. */
      readonly functionIds?: readonly string[];
      readonly ask?: true;
      /** How long each message is held at most; it goes on after that, whatever the hub does. */
      readonly limitMs: number;
    }
  /** Nothing more is held because of it. What is held is released, or waits for the hub's word where the rule is `spent`. */
  | { readonly order: "unhold"; readonly rule: number; readonly spent?: true }
  | {
      readonly order: "release";
      readonly held: number;
      /** "keep" answers an `ask`: it stays. */
      readonly action: "release" | "replace" | "drop" | "answer" | "keep";
      /** For "keep": the rule that has it from now on, where that is another one than held it, and its limit. */
      readonly rule?: number;
      readonly limitMs?: number;
      /** For "replace" and "answer"; in several lines as above. */
      readonly message?: string;
      readonly more?: true;
    };

/** From the relay. */
export type InterventionReport =
  | { readonly report: "replay-sent"; readonly invocationId: string }
  /** It cannot be sent: no such stream, the stream has ended, or not HTTP/2. */
  | { readonly report: "replay-failed"; readonly invocationId: string; readonly reason: string }
  | {
      readonly report: "held";
      readonly held: number;
      readonly rule: number;
      readonly at: StreamName;
      readonly direction: Direction;
      readonly kind: number;
      readonly invocationId?: string;
      readonly size: number;
      /** Nanoseconds on the relay's clock. */
      readonly heldAt: number;
      /** The whole message; absent where it is larger than is shown (it is not replaced then). */
      readonly message?: string;
      readonly ask?: true;
    }
  | { readonly report: "queued"; readonly held: number; readonly queued: number }
  /** It went on, was replaced or dropped, or its stream ended. */
  | {
      readonly report: "released";
      readonly held: number;
      /** That held it last. */
      readonly rule: number;
      readonly action: string;
      /** Present where nobody decided. */
      readonly reason?: LetGoReason;
    }
  /** What holds take in the relay, over all rules and connections; a few times a second while it changes. */
  | {
      readonly report: "holding";
      readonly bytes: number;
      readonly maxBytes: number;
      readonly messages: number;
      readonly maxMessages: number;
      /** No room is left: what rules match passes, until half of it is free again. */
      readonly isPaused: boolean;
      /** How many messages passed because of that since the last report, by rule. */
      readonly passed: readonly (readonly [rule: number, count: number])[];
    };

/**
 * Events that the relay records in the journal, on the connection, so that the session knows what really crossed.
 *
 * `injected` stands where a message of our own began to leave; its bytes are there in full, in several events where they
 * are long (`more`). `swallowed`, `held`, `replaced` and `dropped` stand behind the bytes of the message that they are
 * about, which the journal holds as they came: `message` is its number among the messages of its direction of the stream
 * (1, 2, 3 …).
 */
export type InterventionEvent =
  | {
      readonly type: "injected";
      readonly stream: number;
      readonly direction: Direction;
      readonly replay?: { readonly run: number; readonly n: number; readonly isEdited: boolean };
      /** It went in the place of this message of the same direction, which `replaced` names too. */
      readonly replaces?: number;
      /** It answers this message of the other direction, which was dropped. */
      readonly answers?: number;
      /** Bytes of the StreamingMessage, base64. */
      readonly bytes: string;
      readonly more?: true;
    }
  | {
      readonly type: "swallowed" | "held" | "released" | "replaced" | "dropped";
      readonly stream: number;
      readonly direction: Direction;
      readonly message: number;
    };

/** On a custom handler: the request with this invocation id comes from the hub. */
export type ReplayAnnounced = {
  readonly type: "replay-announced";
  readonly invocationId: string;
  readonly replay: { readonly run: number; readonly n: number; readonly isEdited: boolean };
};
