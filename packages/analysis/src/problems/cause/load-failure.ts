/** Which file of an app its worker could not load, as the worker itself says. */

export type LoadFailure = {
  /** The place from the app's folder, "src/index.js". */
  readonly file: string;
  /** The first line of what was thrown, "SyntaxError: Unexpected token ')'". */
  readonly reason: string;
};

/**
 * That "main" matches no file is a cause of its own. The type is before it where Node.js has written the error, and in a line of the stack
 * where the stack is older than the message.
 * @see azure-functions-nodejs-worker, src/startApp.ts
 */
const UNLOADED =
  /^(?:([\w$.]*(?:Error|Exception)): )?.*(?:unable to|could not) load entry point "([^"]+)": (?!Found zero files|File does not exist)([^\n]+)/mu;

/** @param text a log of the worker's, what it wrote, or the exception of its answer */
export function findLoadFailure(text: string): LoadFailure | undefined {
  const [, type = "Error", file, reason] = UNLOADED.exec(text) ?? [];
  if (file === undefined || reason === undefined) {
    return undefined;
  }
  if (type !== "Error") {
    return { file, reason: `${type}: ${reason}` };
  }
  const lines = text.split("\n").map((line) => line.trim());
  return { file, reason: lines.find((line) => NAMED.test(line) && line.endsWith(`: ${reason}`)) ?? reason };
}

/** The line of a stack that says what kind of error it was; "Error" alone says nothing. */
const NAMED = /^(?!Error:)[\w$.]*(?:Error|Exception)\b/u;
