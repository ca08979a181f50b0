/** Says of one message whether it matches a filter, without a database. {@link import("./compile.ts")} says the same in SQL. */
import type { Intervention } from "@inspector/contract/intervention";
import { contentKinds, KIND, KIND_EMPTY, KIND_UNDECODABLE, kindName } from "@inspector/proto";
import type { ChoiceKey, CompareKey, Filter, MatchKey, Term, Test } from "./filter.ts";
import { httpStatusOf, SERVER_ERROR } from "./http-status.ts";
import { LEVEL_NONE, STATUSES } from "./keys.ts";
import { KIND_OTHER_SERVICE, nameKind } from "./kinds.ts";
import { FLAG_COMPRESSED, FLAG_DAMAGED, FLAG_SYSTEM_LOG, FLAG_TRUNCATED } from "./message-flags.ts";
import { type Matcher, patternMatcher, regexMatcher } from "./pattern.ts";

/** A function as the stream's worker loaded it. */
export type FunctionFacts = { readonly name?: string | undefined; readonly trigger?: string | undefined };

/** One message with what stands around it; numbers as the session stores them. What is absent matches nothing. */
export type MessageFacts = {
  readonly at: number;
  readonly stream: number;
  /** 0 the host, 1 the worker. */
  readonly side: number;
  readonly kind: number;
  readonly size: number;
  readonly flags: number;
  readonly requestId?: string | undefined;
  readonly invocationId?: string | undefined;
  readonly functionId?: string | undefined;
  readonly status?: number | undefined;
  readonly level?: number | undefined;
  readonly category?: string | undefined;
  readonly text?: string | undefined;
  readonly isDropped: boolean;
  readonly marks: readonly Intervention[];
  readonly of: StreamFacts;
  /** The function that `functionId` names. */
  readonly function?: FunctionFacts | undefined;
  readonly invocation?: InvocationFacts | undefined;
  /** It answers a step of a worker that the host was not seen to ask for. */
  readonly isStrayAnswer?: boolean | undefined;
  /** An answer to a step of a worker behind the first, or a request that the host had sent before. */
  readonly isRepeatedStep?: boolean | undefined;
};

export type StreamFacts = {
  readonly path: string;
  readonly workerId?: string | undefined;
  readonly runtime?: string | undefined;
  readonly isEnded: boolean;
};

/** The invocation that the message belongs to. */
export type InvocationFacts = {
  readonly functionId?: string | undefined;
  readonly function?: FunctionFacts | undefined;
  readonly hasRequest: boolean;
  readonly isAnswered: boolean;
  /** It was answered with Cancelled, or asked to be cancelled before it had an answer. */
  readonly isCancelled: boolean;
  /** It was asked to be cancelled, in time or not. */
  readonly hasCancel: boolean;
  /** The message is its first answer: that one has its duration. */
  readonly isAnswer: boolean;
  readonly duration?: number | undefined;
  /** It was answered before the message came. */
  readonly isBehindAnswer: boolean;
  readonly attempt: number;
  readonly retryCount?: number | undefined;
  /** Absent where it is no replay. */
  readonly replay?: { readonly isEdited: boolean } | undefined;
  /** The message is its request. */
  readonly isRequest: boolean;
  /** Its request was held and never went on to the worker. */
  readonly isUnheard?: boolean;
};

export function matchesMessage(filter: Filter, message: MessageFacts): boolean {
  return holds(filter, (term) => matchesTerm(term, message));
}

/** A filter whose terms are answered by `isTerm`. */
export function holds(filter: Filter, isTerm: (term: Term) => boolean): boolean {
  switch (filter.type) {
    case "all":
      return true;
    case "and":
      return filter.items.every((item) => holds(item, isTerm));
    case "or":
      return filter.items.some((item) => holds(item, isTerm));
    case "not":
      return !holds(filter.item, isTerm);
    default:
      return isTerm(filter);
  }
}

function matchesTerm(term: Term, message: MessageFacts): boolean {
  switch (term.type) {
    case "text":
      return isAnywhere(patternMatcher(term.pattern, "anywhere"), message);
    case "regex":
      return isAnywhere(regexMatcher(term.source), message);
    case "match":
      return term.patterns.some((pattern) =>
        isMatch(term.key, message, patternMatcher(pattern, "whole"), {
          start: patternMatcher(pattern, "start"),
          anywhere: patternMatcher(pattern, "anywhere"),
        }),
      );
    case "choice":
      return term.values.some((value) => isChoice(term.key, value, message));
    case "compare":
      return term.tests.some((test) => isWithin(test, measureOf(term.key, test, message)));
  }
}

function isMatch(
  key: MatchKey,
  message: MessageFacts,
  whole: Matcher,
  { start, anywhere }: { readonly start: Matcher; readonly anywhere: Matcher },
): boolean {
  const { of, invocation } = message;
  const owner = message.functionId === undefined ? invocation : message;
  switch (key) {
    case "kind":
      return tests(whole, kindOf(message));
    case "fn":
      return tests(whole, owner?.functionId, owner?.function?.name);
    case "trigger":
      return tests(whole, owner?.function?.trigger);
    case "worker":
      return tests(start, of.workerId) || tests(whole, of.runtime);
    case "id":
      return tests(start, message.invocationId, message.functionId, message.requestId);
    case "category":
      return tests(whole, message.category);
    case "text":
      return tests(anywhere, message.text);
  }
}

function tests(matcher: Matcher, ...values: readonly (string | undefined)[]): boolean {
  return values.some((value) => value !== undefined && matcher.test(value));
}

function isAnywhere(matcher: Matcher, message: MessageFacts): boolean {
  const { text, invocationId, functionId, requestId, category } = message;
  const ids = [invocationId, functionId, requestId];
  return tests(matcher, text, kindOf(message), ...ids, category, message.function?.name);
}

function kindOf({ kind, of }: MessageFacts): string {
  return nameKind(kind, of.path);
}

function measureOf(key: CompareKey, { operator }: Test, message: MessageFacts): number | undefined {
  // Level None is none of the scale.
  if (key === "level" && operator !== "=") {
    return (message.level ?? LEVEL_NONE) < LEVEL_NONE ? message.level : undefined;
  }
  if (key === "http") {
    return httpStatusOf(message, message.invocation?.function?.trigger);
  }
  if (key !== "dur") {
    return message[key];
  }
  return message.invocation?.isAnswer === true ? message.invocation.duration : undefined;
}

function isWithin(test: Test, value: number | undefined): boolean {
  if (value === undefined) {
    return false;
  }
  if (test.operator === "..") {
    return value >= test.value && value <= test.end;
  }
  const sign = Math.sign(value - test.value);
  return { "=": sign === 0, ">": sign > 0, ">=": sign >= 0, "<": sign < 0, "<=": sign <= 0 }[test.operator];
}

function isChoice(key: ChoiceKey, value: string, message: MessageFacts): boolean {
  switch (key) {
    case "status":
      return message.status === STATUSES.findIndex(({ name }) => name === value);
    case "side":
      return message.side === (value === "host" ? 0 : 1);
    case "is":
      return TRAITS[value]?.(message) ?? false;
  }
}

const isOpen = ({ invocation }: MessageFacts): boolean =>
  invocation?.hasRequest === true && !invocation.isAnswered && invocation.isUnheard !== true;

/** One entry for each choice of `is:` in keys.ts. */
const TRAITS: Readonly<Record<string, (message: MessageFacts) => boolean>> = {
  error: (message) =>
    message.status === 0 ||
    message.level === 4 ||
    message.level === 5 ||
    (httpStatusOf(message, message.invocation?.function?.trigger) ?? 0) >= SERVER_ERROR,
  log: ({ kind }) => kind === KIND.rpcLog,
  system: ({ flags }) => (flags & FLAG_SYSTEM_LOG) !== 0,
  request: ({ kind }) => kind !== KIND_OTHER_SERVICE && /_request(_collection)?$/.test(kindName(kind)),
  response: ({ kind }) => kind !== KIND_OTHER_SERVICE && /_response(_collection)?$/.test(kindName(kind)),
  empty: ({ kind }) => kind === KIND_EMPTY,
  unknown: ({ kind }) => kind > 0 && !contentKinds.some(({ number }) => number === kind),
  undecodable: ({ kind }) => kind === KIND_UNDECODABLE,
  compressed: ({ flags }) => (flags & FLAG_COMPRESSED) !== 0,
  truncated: ({ flags }) => (flags & FLAG_TRUNCATED) !== 0,
  damaged: ({ flags }) => (flags & FLAG_DAMAGED) !== 0,
  dropped: ({ isDropped }) => isDropped,
  inflight: (message) => isOpen(message) && !message.of.isEnded,
  lost: (message) => isOpen(message) && message.of.isEnded && message.invocation?.hasCancel !== true,
  cancelled: ({ invocation }) => invocation?.isCancelled ?? false,
  retried: ({ invocation }) => (invocation?.retryCount ?? 0) > 0,
  orphan: ({ invocation, isStrayAnswer }) => invocation?.hasRequest === false || isStrayAnswer === true,
  replayed: ({ invocation }) => invocation?.replay !== undefined,
  edited: ({ marks, invocation }) =>
    marks.includes("replaced") || (invocation?.isRequest === true && invocation.replay?.isEdited === true),
  held: ({ marks }) => marks.includes("held"),
  swallowed: ({ marks }) => marks.includes("swallowed"),
  late: ({ kind, invocation }) => kind === KIND.rpcLog && invocation?.isBehindAnswer === true,
  duplicate: ({ kind, invocation, isRepeatedStep }) =>
    isRepeatedStep === true ||
    (kind === KIND.invocationResponse && invocation?.isBehindAnswer === true) ||
    (kind === KIND.invocationRequest && (invocation?.attempt ?? 1) > 1),
};
