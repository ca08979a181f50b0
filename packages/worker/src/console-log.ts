/**
 * A line of the worker itself on stdout or, for errors, stderr. Hosts read both and make system logs of lines that start
 * with this prefix (no space after it), everything else is the app's own output.
 */
export function consoleLog(level: "information" | "error", message: string): void {
  const line = message.replaceAll(/\s*\r?\n\s*/g, "  ");
  if (level === "error") console.error(`LanguageWorkerConsoleLog[error] ${line}`);
  else console.log(`LanguageWorkerConsoleLog${line}`);
}
