/** What somebody asks of a redaction. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { compileExpression, type Expression } from "@inspector/filter/regex";

/**
 * - `safe`: everything that may be a secret, and what users sent and got
 * - `headers-only`: bodies stay, but for the secrets that show in them
 */
export type Policy = "safe" | "headers-only";

export const POLICIES: readonly Policy[] = ["safe", "headers-only"];

export type RedactionOptions = {
  readonly policy: Policy;
  /** See {@link parseOwn}. */
  readonly own: readonly Expression[];
  /** Bodies leave empty; what is in them is replaced elsewhere all the same. */
  readonly dropsBodies?: boolean;
  /** Leaves fields in messages that the contract does not know, where nothing in them shows as a secret. */
  readonly keepsUnknownFields: boolean;
};

/**
 * A word, as it stands, or a regular expression between slashes, both without regard to case. Expressions take time in proportion to
 * the text, whatever they are: no look-around, no back-references.
 * @throws {InspectorError} "bad-option"
 */
export function parseOwn(text: string): Expression {
  const expression = /^\/(.+)\/$/su.exec(text)?.[1];
  try {
    return compileExpression(expression ?? text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, "\\$&"));
  } catch (cause) {
    throw new InspectorError("bad-option", `--redact ${text} is no regular expression: ${reasonOf(cause)}`, {
      hint: "Write a word as it stands, or an expression between slashes: /contoso-\\d+/",
      cause,
    });
  }
}

/** A file of {@link parseOwn}: one a line; empty lines and those that begin with # are left out. */
export function parseOwnLines(text: string): Expression[] {
  return text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseOwn);
}
