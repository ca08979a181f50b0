/** Ends of calls whose process was not recorded, or ended behind them. */
import { NODE } from "../problems-in.ts";
import { GAP, REQUEST, SPAWNED, type VerdictScenes } from "./scenes.ts";

export const CALLS: readonly VerdictScenes[] = [
  {
    name: "an OK of the host",
    kind: "call-ended-ok",
    isTrue: [
      `${NODE}\n${REQUEST}\n30 ms host end grpc=0`,
      "The call of the node worker w1 was ended with OK, which workers take for the end of their work, while 1 invocation was in flight (hello).",
    ],
    other: [`${NODE}\n${REQUEST}\n29 ms host worker_terminate\n30 ms host end grpc=0`, undefined],
    missing: [
      `${NODE}\n${GAP}\n30 ms host end grpc=0`,
      "The call of the node worker w1 was ended with OK, which workers take for the end of their work, while nothing was in flight, as far as was recorded.",
    ],
    advice: /stands for the host/u,
  },
  {
    name: "an error status of the host",
    kind: "call-ended-with-status",
    isTrue: [
      `${NODE}\n${REQUEST}\n30 ms host end grpc=14 says=upstream`,
      "The host ended the call of the node worker w1 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (hello).",
    ],
    other: [
      `${SPAWNED}\n${NODE}\n${REQUEST}\n30 ms host end grpc=14\n31 ms event process-exited workerId=w1 code=1`,
      "The host ended the call of the node worker w1 with gRPC status 14 (UNAVAILABLE) while 1 invocation was in flight (hello); its process ended with exit code 1 1 ms later.",
    ],
    missing: [
      `${NODE}\n${GAP}\n30 ms host end grpc=14`,
      "The host ended the call of the node worker w1 with gRPC status 14 (UNAVAILABLE) while nothing was in flight, as far as was recorded.",
    ],
    quote: "upstream",
    advice: /host's log/u,
  },
  {
    name: "a reset in the middle of a message",
    kind: "call-cancelled",
    isTrue: [
      `${NODE}\n25 ms worker rpc_log text="half a" truncated=true\n30 ms host reset code=8`,
      "The host cancelled the call of the node worker w1 in the middle of rpc_log, of which 12 bytes of 12 bytes had come.",
    ],
    other: [
      `${NODE}\n${REQUEST}\n30 ms host reset code=8`,
      "The host cancelled the call of the node worker w1 while 1 invocation was in flight (hello).",
    ],
    missing: [
      `${NODE}\n25 ms worker rpc_log text="half a" truncated=true\n26 ms event gap reason=full\n30 ms host reset code=8`,
      "The host cancelled the call of the node worker w1 while nothing was in flight, as far as was recorded.",
    ],
    advice: /too large/u,
  },
  {
    name: "a reset behind a malformed message",
    kind: "call-cancelled",
    isTrue: [
      `${NODE}\n20 ms host bytes hex=220c0a0269311201661a7f0a0161\n22 ms worker reset code=8`,
      "The worker cancelled the call of the node worker w1 while 1 invocation was in flight (f): message 6, invocation_request, is malformed: invocation_request.input_data promises 127 bytes, and 3 are left (byte 10).",
    ],
    other: [
      `${NODE}\n20 ms host bytes hex="c20200"\n22 ms worker reset code=8`,
      "The worker cancelled the call of the node worker w1 while nothing was in flight.",
    ],
    missing: [
      `${NODE}\n${GAP}\n22 ms worker reset code=8`,
      "The worker cancelled the call of the node worker w1 while nothing was in flight, as far as was recorded.",
    ],
    advice: /under Raw/u,
  },
  {
    name: "an end by the worker",
    kind: "call-ended-by-worker",
    isTrue: [
      `${NODE}\n${REQUEST}\n30 ms worker end grpc=0`,
      "The node worker w1 ended its call while 1 invocation was in flight (hello).",
    ],
    other: [`${NODE}\n${REQUEST}\n29 ms host worker_terminate\n30 ms worker end grpc=0`, undefined],
    missing: [`${NODE}\n30 ms worker end grpc=0`, undefined],
    advice: /its shutdown/u,
  },
  {
    name: "a connection that closed",
    kind: "connection-closed",
    isTrue: [
      `${NODE}\n${REQUEST}\n30 ms relay lost`,
      "The connection of the node worker w1 closed while 1 invocation was in flight (hello).",
    ],
    other: [
      `${NODE}\n${REQUEST}\n30 ms host lost code=ECONNRESET`,
      "The host broke the connection of the node worker w1 while 1 invocation was in flight (hello).",
    ],
    missing: [`${NODE}\n30 ms relay lost`, undefined],
    advice: /not recorded/u,
  },
  {
    name: "an error status behind a malformed message",
    kind: "call-ended-with-status",
    isTrue: [
      `${NODE}\n20 ms worker garbage\n22 ms host end grpc=13`,
      "The host ended the call of the node worker w1 with gRPC status 13 (INTERNAL) while nothing was in flight: message 6, something that is not a StreamingMessage, is malformed: it has a byte there that begins no field (byte 0).",
    ],
    // It went on for a minute, so nobody minded the message.
    other: [
      `${NODE}\n20 ms worker garbage\n60 s host end grpc=13`,
      "The host ended the call of the node worker w1 with gRPC status 13 (INTERNAL) while nothing was in flight.",
    ],
    missing: [
      `${NODE}\n${GAP}\n22 ms host end grpc=13`,
      "The host ended the call of the node worker w1 with gRPC status 13 (INTERNAL) while nothing was in flight, as far as was recorded.",
    ],
    advice: /under Raw/u,
  },
];
