import { contentKinds } from "@inspector/proto";
import { formatPattern } from "./format.ts";
import { parse } from "./generated/parser.js";
import { findKey, HTTP_CLASSES, KEYS, type Key } from "./keys.ts";
import type { Token } from "./syntax.ts";

/** Values that occur in the session, for completion; in the order in which they should be offered. */
export type Seen = {
  readonly kinds?: readonly string[];
  readonly functions?: readonly string[];
  readonly triggers?: readonly string[];
  readonly workers?: readonly string[];
  readonly categories?: readonly string[];
  readonly streams?: readonly number[];
};

/** `label` replaces the text between `from` and `to` (UTF-16 code units); `detail` explains it. */
export type Completion = {
  readonly from: number;
  readonly to: number;
  readonly options: readonly { readonly label: string; readonly detail: string }[];
};

type Option = Completion["options"][number];

const MAX_OPTIONS = 50;

/**
 * What could be written at the caret: keys, then the values of a key. The filter need not be valid.
 * Offered is what begins with the text before the caret, then what contains it.
 */
export function completeFilter(text: string, caret: number, seen: Seen): Completion {
  const token = tokenAt(text, caret);
  if (token === undefined) {
    return { from: caret, to: caret, options: keyOptions() };
  }
  const typed = text.slice(token.from, caret);
  return { from: token.from, to: token.to, options: optionsFor(token, typed, text[token.from - 1] ?? "", seen) };
}

/** The piece that is being written: the one that ends at the caret rather than the one that begins there. */
function tokenAt(text: string, caret: number): Token | undefined {
  return parse(text, { startRule: "Tokens" }).find(({ type, from, to }) => {
    if (type === "mark") {
      return false;
    }
    return type === "key" ? from <= caret && caret < to : from <= caret && caret <= to;
  });
}

function optionsFor(token: Token, typed: string, before: string, seen: Seen): readonly Option[] {
  switch (token.type) {
    case "value":
      return valueOptions(findKey(token.key), typed, before, seen);
    case "key":
      return matching(keyOptions(), typed);
    case "word":
      return matching([...keyOptions(), ...functionOptions(seen)], typed);
    default:
      return [];
  }
}

function keyOptions(): readonly Option[] {
  return KEYS.map(({ name, detail, example }) => ({ label: `${name}:`, detail: `${detail}, ${example}` }));
}

function functionOptions(seen: Seen): readonly Option[] {
  return (seen.functions ?? []).map((name) => ({ label: `fn:${formatPattern([name])}`, detail: "function" }));
}

function valueOptions(key: Key | undefined, typed: string, before: string, seen: Seen): readonly Option[] {
  if (key === undefined) {
    return [];
  }
  if (key.type === "match") {
    return matching(seenValues(key.name, seen), typed);
  }
  if ("choices" in key) {
    const statuses = key.name === "status" ? HTTP_CLASSES : [];
    return matching(
      [...key.choices, ...statuses].map(({ name, detail }) => ({ label: name, detail })),
      typed,
    );
  }
  if (key.name === "stream") {
    return matching(
      (seen.streams ?? []).map((id) => ({ label: String(id), detail: "stream" })),
      typed,
    );
  }
  if (key.name === "http") {
    return matching(
      HTTP_CLASSES.map(({ name, detail }) => ({ label: name, detail })),
      typed,
    );
  }
  if (/^\d+(\.\d+)?$/.test(typed)) {
    return key.units.map(([unit]) => ({ label: typed + unit, detail: key.detail }));
  }
  if (typed !== "" || /[<>=]/.test(before)) {
    return [];
  }
  return [
    { label: ">", detail: `more than, as in ${key.example}` },
    { label: "<", detail: "less than" },
  ];
}

function seenValues(name: string, seen: Seen): readonly Option[] {
  const list = (values: readonly string[] | undefined, detail: string) =>
    (values ?? []).map((value) => ({ label: formatPattern([value]), detail }));
  switch (name) {
    case "kind": {
      const kinds = new Set([...(seen.kinds ?? []), ...contentKinds.map(({ name }) => name)]);
      return list([...kinds], "kind").map(({ label }) => ({
        label,
        detail: isSeen(label, seen) ? "seen" : "not seen yet",
      }));
    }
    case "fn":
      return list(seen.functions, "function");
    case "trigger":
      return list(seen.triggers, "trigger");
    case "worker":
      return list(seen.workers, "worker");
    case "category":
      return list(seen.categories, "category");
    default:
      return [];
  }
}

function isSeen(kind: string, seen: Seen): boolean {
  return seen.kinds?.includes(kind) ?? false;
}

/** What begins with `typed` (a quote before it aside), then what merely contains it. */
function matching(options: readonly Option[], typed: string): readonly Option[] {
  const wanted = typed.replace(/^"/, "").toLowerCase();
  const position = ({ label }: Option) => label.replace(/^"/, "").toLowerCase().indexOf(wanted);
  const starting = options.filter((option) => position(option) === 0);
  const containing = options.filter((option) => position(option) > 0);
  return [...starting, ...containing].slice(0, MAX_OPTIONS);
}
