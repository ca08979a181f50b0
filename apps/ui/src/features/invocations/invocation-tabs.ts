/** The tabs of an invocation, as the address names them. */
export const INVOCATION_TABS = [
  "request",
  "response",
  "http",
  "logs",
  "timing",
  "compare",
  "messages",
  "raw",
  "replay",
] as const;

export type InvocationTab = (typeof INVOCATION_TABS)[number];
