import { FLAG_COMPRESSED, FLAG_DAMAGED, FLAG_TRUNCATED, IS_PLAIN } from "@inspector/filter/message-flags";
import { type Damage, findDamage, KIND_UNDECODABLE } from "@inspector/proto";
import { formatSpan, SECOND } from "@inspector/session/limits";
import type { DamagedMessage } from "../damaged-messages.ts";
import { isRecord, recordOf, textIn } from "../events.ts";
import { MAX_BODY_BYTES, type ProblemSession } from "../problem-session.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfKind } from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";

const SIDES = ["host", "worker"] as const;
/** An end of the stream this soon behind a message may be the answer to it. */
const NEAR: number = 5 * SECOND;

/** The newest malformed message of the other side before a side ended a stream, where the end may be the answer to it. */
export function damageBeforeEnd(
  session: ProblemSession,
  { id, end, endedAt }: WorkerStream,
): DamagedMessage | undefined {
  const damaged = session.damaged.last(id, end?.by === "host" ? 1 : 0);
  return damaged === undefined || (endedAt ?? 0) - damaged.at > NEAR ? undefined : damaged;
}

/** "is malformed: invocation_request.input_data promises 127 bytes, and 3 are left (byte 10)". */
export function describeDamage({ path, says, offset }: Damage): string {
  return `is malformed: ${path === "" ? "it" : path} ${says} (byte ${offset})`;
}

/**
 * Bytes that are no message, or in which a nested field is cut or a text is no UTF-8. What became of the stream decides what can be
 * said of the consequence, so that is looked at again and again.
 */
export const damagedMessage: Rule = {
  id: "damaged-message",
  severity: "error",
  find(session, range) {
    for (const { message, found } of session.findInBytes(range, "m.kind <> -2", (bytes) => findDamage(bytes))) {
      session.damaged.add({ ...message, damage: found });
    }
    // Larger ones are looked at where the recording has marked them.
    const isLarge = `m.size > ${MAX_BODY_BYTES} AND m.flags & ${FLAG_DAMAGED} AND ${IS_PLAIN} AND m.kind <> -2`;
    for (const message of session.messages(range, isLarge)) {
      const damage = findDamage(session.source(message));
      if (damage !== undefined) {
        session.damaged.add({ ...message, damage });
      }
    }
    return [];
  },
  review: (session) =>
    session.damaged.groups.map(({ first, count }): Finding => {
      const { seq, at, stream, side, kind, damage } = first;
      const isText = damage.says.includes("UTF-8");
      return {
        subject: `stream ${stream} ${SIDES[side]} ${nameOfKind(kind)} ${damage.path}`,
        at,
        stream,
        count,
        severity: isText ? "warning" : "error",
        describe: () => ({
          title: `${nameOfKind(kind)} from the ${SIDES[side]} ${describeDamage(damage)}`,
          consequence: isText
            ? `Parsers of Go, Java and Python refuse the whole message, others put U+FFFD in the place of the bytes. ${whatFollowed(session, stream, at)}`
            : `Parsers refuse the whole message, and gRPC libraries end the call then. ${whatFollowed(session, stream, at)}`,
          advice:
            "The bytes are under Raw, as they crossed. Look at what wrote them: a cut buffer, a length of its own making, text in another encoding.",
          evidence: evidenceOf([nameOfKind(kind), seq]),
        }),
      };
    }),
};

/** The frame nearest to a message that may be the answer to it. */
function whatFollowed(session: ProblemSession, id: number, at: number): string {
  const stream = session.stream(id);
  if (stream?.endedAt === undefined) {
    return "The stream is still open.";
  }
  const after = stream.endedAt - at;
  return after > NEAR
    ? `The stream went on for ${formatSpan(after)}, so its receiver took it or passed over it.`
    : `${describeEnd(stream)} ${formatSpan(Math.max(after, 0))} later.`;
}

/** "The worker cancelled the call (HTTP/2 error 8)". */
function describeEnd({ end }: WorkerStream): string {
  const by = end?.by === "host" || end?.by === "worker" ? `The ${end.by}` : undefined;
  switch (end?.how) {
    case "reset":
      return `${by ?? "Somebody"} cancelled the call (HTTP/2 error ${end.code ?? "unknown"})`;
    case "end":
      return `${by ?? "Somebody"} ended the call (gRPC status ${end.grpcStatus ?? 0})`;
    default:
      return by === undefined ? "The connection closed" : `${by} broke the connection`;
  }
}

/** A message whose stream ended before all of it had come, or whose announced length never came. */
export const cutMessage: Rule = {
  id: "cut-message",
  severity: "warning",
  find: (session, range) =>
    session.messages(range, `m.flags & ${FLAG_TRUNCATED} AND m.kind <> -2`).map((message): Finding => {
      const { seq, at, stream, side, kind, size, invocation, invocationId, functionName } = message;
      const cut = session.events.of("message-cut").findLast(({ detail }) => detail["message"] === seq);
      const announced = cut?.detail["announced"];
      const of = functionName ?? invocationId;
      return {
        subject: `message ${seq}`,
        at,
        stream,
        invocation,
        functionName,
        isUncertain: cut?.detail["isInGap"] === true || session.hasGap(at, at),
        describe: () => ({
          title: `${nameOfKind(kind)}${of === undefined ? "" : ` of ${of}`} from the ${SIDES[side]} broke off after ${size} ${
            typeof announced === "number" ? `of ${announced} bytes` : "bytes"
          }`,
          consequence: `Its receiver never had all of it, so for it there was no such message. ${whatFollowed(session, stream, at)}`,
          advice:
            "Look at what ended the call in the middle of it. A length that promises more than follows is a fault of the sender's framing.",
          evidence: evidenceOf([nameOfKind(kind), seq]),
        }),
      };
    }),
};

const OPENED = ["gzip", "deflate"];

/** A message that is marked as compressed and that could not be opened. */
export const falselyCompressed: Rule = {
  id: "unopened-compression",
  severity: "error",
  find: (session, range) =>
    session
      .messages(
        range,
        `m.kind = ${KIND_UNDECODABLE} AND m.flags & ${FLAG_COMPRESSED} AND NOT m.flags & ${FLAG_TRUNCATED}`,
      )
      .map(({ seq, at, stream, side, size }): Finding => {
        const sender = SIDES[side] ?? "worker";
        const encoding = encodingOf(session, stream, sender);
        const isNamed = encoding !== "" && encoding !== "identity";
        const isKnown = OPENED.includes(encoding);
        return {
          subject: `stream ${stream} ${sender}`,
          at,
          stream,
          severity: !isNamed ? "error" : isKnown ? "warning" : "info",
          describe: () => ({
            title: isNamed
              ? `A message of ${size} bytes from the ${sender} is marked as compressed with ${encoding} and could not be opened`
              : `A message of ${size} bytes from the ${sender} is marked as compressed, and its headers name no grpc-encoding`,
            consequence: `${
              isNamed && !isKnown
                ? "The inspector opens gzip and deflate only; the receiver may know more."
                : isNamed
                  ? "It is damaged, or holds more than the inspector opens. A receiver that cannot open it ends the call with INTERNAL."
                  : "gRPC libraries end the call with INTERNAL at such a message."
            } ${whatFollowed(session, stream, at)}`,
            advice: isNamed
              ? "Its bytes are under Raw."
              : "Name the compression in grpc-encoding, or leave the compressed flag of the message at 0.",
            evidence: evidenceOf(["compressed message", seq]),
          }),
        };
      }),
};

function encodingOf(session: ProblemSession, stream: number, side: "host" | "worker"): string {
  const row = session.all("SELECT headers FROM stream WHERE id = ?", stream)[0];
  const headers = recordOf(row?.["headers"])[side];
  return isRecord(headers) ? textIn(headers, "grpc-encoding") : "";
}
