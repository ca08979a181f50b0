/**
 * Whether a stack trace begins with what went wrong, so that the message need not stand beside it. Node's and .NET's do; Python's ends
 * with it.
 */
export function stackBeginsWith(stackTrace: string, message: string): boolean {
  const at = message === "" ? -1 : stackTrace.indexOf(message);
  return at >= 0 && !stackTrace.slice(0, at).includes("\n");
}
