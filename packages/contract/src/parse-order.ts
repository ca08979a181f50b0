/** Orders as they come from a line: taken apart field by field, since a fault in the relay's process is a fault in the stream. */
import type { Direction, InterventionOrder, StreamName } from "./intervention-lines.ts";

type Fields = Readonly<Record<string, unknown>>;
type Order<Name extends InterventionOrder["order"]> = Extract<InterventionOrder, { readonly order: Name }>;

const ACTIONS: readonly Order<"release">["action"][] = ["release", "replace", "drop", "answer", "keep"];

/** @returns undefined for what is no order, or lacks a part of it */
export function parseOrder(fields: Fields): InterventionOrder | undefined {
  switch (fields["order"]) {
    case "replay":
      return parseReplay(fields);
    case "announce-replay":
      return parseAnnouncement(fields);
    case "give-up":
      return parseGiveUp(fields);
    case "inject":
      return parseInject(fields);
    case "hold":
      return parseHold(fields);
    case "unhold":
      return parseUnhold(fields);
    case "release":
      return parseRelease(fields);
    default:
      return undefined;
  }
}

function parseReplay({ at, invocationId, mark, message, more }: Fields): Order<"replay"> | undefined {
  const parsed = parseMark(mark);
  if (!isStreamName(at) || !isText(invocationId) || parsed === undefined || !isText(message) || !isFlag(more)) {
    return undefined;
  }
  return { order: "replay", at, invocationId, mark: parsed, message, ...(more && { more }) };
}

function parseAnnouncement({ at, invocationId, mark }: Fields): Order<"announce-replay"> | undefined {
  const parsed = parseMark(mark);
  return isStreamName(at) && isText(invocationId) && parsed !== undefined
    ? { order: "announce-replay", at, invocationId, mark: parsed }
    : undefined;
}

function parseMark(mark: unknown): Order<"replay">["mark"] | undefined {
  if (!isFields(mark)) {
    return undefined;
  }
  const { run, n, isEdited } = mark;
  return isCount(run) && isCount(n) && typeof isEdited === "boolean" ? { run, n, isEdited } : undefined;
}

function parseGiveUp({ at, invocationId }: Fields): Order<"give-up"> | undefined {
  return isStreamName(at) && isText(invocationId) ? { order: "give-up", at, invocationId } : undefined;
}

function parseInject({ at, direction, message, maps }: Fields): Order<"inject"> | undefined {
  if (!isStreamName(at) || !isDirection(direction) || !isText(message) || !isAbsentOr(maps, isTexts)) {
    return undefined;
  }
  return { order: "inject", at, direction, message, ...(maps !== undefined && { maps }) };
}

function parseHold({ rule, at, direction, kinds, functionIds, ask, limitMs }: Fields): Order<"hold"> | undefined {
  if (!isCount(rule) || !isStreamName(at) || !isDirection(direction) || !isCounts(kinds)) {
    return undefined;
  }
  if (!isAbsentOr(functionIds, isTexts) || !isFlag(ask) || !isCount(limitMs)) {
    return undefined;
  }
  const functions = functionIds === undefined ? {} : { functionIds };
  return { order: "hold", rule, at, direction, kinds, ...functions, ...(ask && { ask }), limitMs };
}

function parseUnhold({ rule, spent }: Fields): Order<"unhold"> | undefined {
  return isCount(rule) && isFlag(spent) ? { order: "unhold", rule, ...(spent && { spent }) } : undefined;
}

function parseRelease({ held, action, rule, limitMs, message, more }: Fields): Order<"release"> | undefined {
  const known = ACTIONS.find((one) => one === action);
  if (!isCount(held) || known === undefined || !isAbsentOr(rule, isCount) || !isAbsentOr(limitMs, isCount)) {
    return undefined;
  }
  if (!isAbsentOr(message, isText) || !isFlag(more)) {
    return undefined;
  }
  const keep = { ...(rule !== undefined && { rule }), ...(limitMs !== undefined && { limitMs }) };
  const parts = { ...(message !== undefined && { message }), ...(more && { more }) };
  return { order: "release", held, action: known, ...keep, ...parts };
}

function isStreamName(value: unknown): value is StreamName {
  return isFields(value) && isCount(value["connection"]) && isCount(value["stream"]);
}

function isDirection(value: unknown): value is Direction {
  return value === "to-worker" || value === "to-host";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

/** Absent, or true. */
function isFlag(value: unknown): value is true | undefined {
  return value === undefined || value === true;
}

function isAbsentOr<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
