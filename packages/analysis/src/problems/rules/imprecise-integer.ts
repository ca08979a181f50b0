import { decodeUtf8, KIND, readVarint } from "@inspector/proto";
import { listJsonNumbers } from "../../exact-json/json-numbers.ts";
import { walkFields } from "../field-walk.ts";
import type { Finding, Rule } from "../rule.ts";
import { evidenceOf, FROM_HOST, nameOfFunction } from "../words.ts";

const JSON_DATA = 2;
const SINT64_COLLECTION = 11;
/** The shortest integer beyond 2^53 has so many digits. */
const DIGITS = 16;

/** Integers beyond 2^53 on their way to a worker that has only doubles. */
export const impreciseInteger: Rule = {
  id: "imprecise-integer",
  severity: "warning",
  find(session, range) {
    const streams = session.streamsOf("node");
    if (streams === "") {
      return [];
    }
    return session
      .findInBytes(
        range,
        `m.kind = ${KIND.invocationRequest} AND ${FROM_HOST} AND m.stream IN (${streams})`,
        impreciseIn,
      )
      .map(({ message, found }): Finding => {
        const { seq, at, stream, invocation, functionName } = message;
        return {
          subject: nameOfFunction(functionName),
          at,
          stream,
          invocation,
          functionName,
          describe: () => ({
            title: `${nameOfFunction(functionName)} gets ${found}, which JavaScript cannot hold exactly`,
            consequence: `The Node.js worker reads it as a double: the function sees ${BigInt(Number(found))}.`,
            advice: "Send large numbers and ids as text.",
            quote: found,
            evidence: evidenceOf(["request", seq]),
          }),
        };
      });
  },
};

/** The first such integer in the inputs or the trigger metadata of an invocation_request. */
function impreciseIn(bytes: Uint8Array): string | undefined {
  let found: string | undefined;
  walkFields(bytes, 0, bytes.length, (content, start, end) => {
    if (content !== KIND.invocationRequest) {
      return;
    }
    walkFields(bytes, start, end, (field, from, to) => {
      // ParameterBinding has its data, and a map entry its value, under the same number.
      if (field !== 3 && field !== 4) {
        return;
      }
      walkFields(bytes, from, to, (part, dataFrom, dataTo) => {
        if (part === 2) {
          found ??= impreciseInData(bytes, dataFrom, dataTo);
        }
      });
    });
  });
  return found;
}

function impreciseInData(bytes: Uint8Array, start: number, end: number): string | undefined {
  let found: string | undefined;
  walkFields(bytes, start, end, (field, from, to) => {
    if (field === JSON_DATA && hasLongNumber(bytes, from, to)) {
      found ??= impreciseInJson(decodeUtf8(bytes.subarray(from, to)));
    }
    if (field === SINT64_COLLECTION) {
      found ??= impreciseInCollection(bytes, from, to);
    }
  });
  return found;
}

function hasLongNumber(bytes: Uint8Array, from: number, to: number): boolean {
  let run = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    run = byte >= 0x30 && byte <= 0x39 ? run + 1 : 0;
    if (run >= DIGITS) {
      return true;
    }
  }
  return false;
}

function impreciseInJson(json: string): string | undefined {
  for (const token of listJsonNumbers(json)) {
    if (/^-?\d{16,400}$/u.test(token) && Number.isFinite(Number(token)) && BigInt(token) !== BigInt(Number(token))) {
      return token;
    }
  }
  return undefined;
}

/** The first such integer in a CollectionSInt64, whose one field is packed. */
function impreciseInCollection(bytes: Uint8Array, start: number, end: number): string | undefined {
  let found: string | undefined;
  walkFields(bytes, start, end, (field, from, to) => {
    if (field !== 1) {
      return;
    }
    for (let next = readVarint(bytes, from, to); next !== undefined; next = readVarint(bytes, next.end, to)) {
      const integer = (next.value >> 1n) ^ -(next.value & 1n);
      if (BigInt(Number(integer)) !== integer) {
        found ??= String(integer);
      }
    }
  });
  return found;
}
