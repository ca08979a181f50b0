/**
 * A line of the worker itself on stdout or, for errors, stderr. Hosts read both and make system logs of lines that start
 * with this prefix (no space after it); everything else is the app's own output.
 */
export function consoleLog(level: "information" | "error", message: string): void {
  if (level === "error") {
    console.error(consoleText(level, message));
  } else {
    console.log(consoleText(level, message));
  }
}

/** The prefix counts for one line only, so the message is put on one. */
export function consoleText(level: "information" | "error", message: string): string {
  return `LanguageWorkerConsoleLog${level === "error" ? "[error] " : ""}${message.replaceAll(/\s*\r?\n\s*/g, "  ")}`;
}
