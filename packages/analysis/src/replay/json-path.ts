/** Places within JSON: `returnValue.http.headers["x-id"]`, `logs[3].message`, with `*` for any key or index. */

import { InspectorError } from "@inspector/contract/inspector-error";
import type { PathPart } from "@inspector/proto";

/** `*` as a part of a pattern: any key, any index. Not a text, as a key may be called so. */
const ANY = Symbol("*");

export type PathPattern = readonly (PathPart | typeof ANY)[];

const STEP = /\.?(?:(\*)|([\p{L}\p{N}_$-]+))|\[(?:(\*)|(\d+)|("(?:[^"\\]|\\.)*"))\]/uy;

/** @throws {InspectorError} "bad-path" */
export function parsePath(text: string): PathPattern {
  const parts: (PathPart | typeof ANY)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const found = STEP.exec(text);
    if (found === null) {
      throw badPath(text, at);
    }
    const [, anyKey, key, anyIndex, index, quoted] = found;
    if (anyKey !== undefined || anyIndex !== undefined) {
      parts.push(ANY);
    } else if (index !== undefined) {
      parts.push(Number(index));
    } else {
      parts.push(key ?? unquote(text, at, quoted ?? ""));
    }
  }
  if (parts.length === 0) {
    throw badPath(text, 0);
  }
  return parts;
}

function unquote(text: string, at: number, quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw badPath(text, at);
  }
}

function badPath(text: string, at: number): InspectorError {
  return new InspectorError("bad-path", `${JSON.stringify(text)} is not a path (at character ${at + 1})`, {
    hint: 'Paths are written as differences show them: returnValue.http.headers["x id"], logs[*].message.',
  });
}

/** The patterns that continue below a key or index, without their first part. */
export function patternsBelow(patterns: readonly PathPattern[], part: PathPart): PathPattern[] {
  return patterns.filter(([first]) => first === ANY || first === part).map((pattern) => pattern.slice(1));
}

export function startsWithAny([first]: PathPattern): boolean {
  return first === ANY;
}
