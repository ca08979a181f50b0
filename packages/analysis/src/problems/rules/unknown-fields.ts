import { contentKinds, decodeMessage, findDamage, isInContract } from "@inspector/proto";
import { isRecord } from "../events.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, nameOfKind } from "../words.ts";

const KNOWN = contentKinds.map(({ number }) => number).join(", ");
/** Kinds of which a session has many; every one of the others is looked at. */
const FREQUENT = "2, 4, 5, 12, 13";
const MAX_BYTES = 1024 * 1024;

/**
 * Fields that the contract of this version lacks. Peers send them in every message of a kind or in none, so of frequent kinds
 * the first messages are looked at and then one in 64.
 */
export const unknownFields: Rule = {
  id: "unknown-fields",
  severity: "info",
  find: (session, range) =>
    session
      .findInBytes(
        range,
        `m.kind > 0 AND m.size <= ${MAX_BYTES}
         AND (m.seq <= 500 OR m.seq % 64 = 0 OR m.kind NOT IN (${FREQUENT}) OR m.kind NOT IN (${KNOWN}))`,
        unknownIn,
      )
      .map(({ message, found }): Finding => {
        const { seq, at, stream, side, kind } = message;
        const sender = side === 0 ? "host" : "worker";
        return {
          subject: `stream ${stream} ${sender} ${nameOfKind(kind)} ${found}`,
          at,
          stream,
          describe: () => ({
            title: `The ${sender} sends ${found}, unknown to this version`,
            consequence:
              "The peer may speak a newer contract. A receiver with an older one ignores these fields, so what they ask for does not happen.",
            advice: "Update the inspector to see them by name; until then their bytes are shown as they are.",
            evidence: evidenceOf([nameOfKind(kind), seq]),
          }),
        };
      }),
};

/**
 * "InvocationResponse.17, RpcHttp.30" for the unknown fields anywhere in a message; undefined where there are none, and in a damaged
 * message, in which nobody can tell.
 */
function unknownIn(bytes: Uint8Array): string | undefined {
  const decoded = decodeMessage(bytes);
  // A number that an older revision used otherwise is no news.
  if (!decoded.ok || decoded.revision !== undefined) {
    return undefined;
  }
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const element of value) {
        walk(element);
      }
    } else if (isRecord(value) && !(value instanceof Uint8Array)) {
      const { $typeName, $unknown } = value;
      if (typeof $typeName === "string" && Array.isArray($unknown)) {
        const type = $typeName.slice($typeName.lastIndexOf(".") + 1);
        for (const field of $unknown) {
          if (isRecord(field) && !isInContract($typeName, Number(field["no"]))) {
            found.add(`${type}.${String(field["no"])}`);
          }
        }
      }
      for (const [key, member] of Object.entries(value)) {
        if (key !== "$unknown") {
          walk(member);
        }
      }
    }
  };
  walk(decoded.message);
  return found.size === 0 || findDamage(bytes) !== undefined ? undefined : [...found].sort().join(", ");
}
