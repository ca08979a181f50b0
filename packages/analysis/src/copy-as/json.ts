/** A message as text to paste: proto3 JSON with an indent of two. @param message {@link MessageDetail.message} */
export function copyAsJson(message: unknown): string {
  return `${JSON.stringify(message, undefined, 2)}\n`;
}
