export type PathPart = string | number;

const PLAIN_KEY = /^[\p{L}\p{N}_$-]+$/u;

/** A place within JSON, as people write it: `invocationRequest.inputData[0].data.http.headers["x id"]`. */
export function formatPath(path: readonly PathPart[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") {
      return `${text}[${part}]`;
    }
    if (!PLAIN_KEY.test(part)) {
      return `${text}[${JSON.stringify(part)}]`;
    }
    return text === "" ? part : `${text}.${part}`;
  }, "");
}
