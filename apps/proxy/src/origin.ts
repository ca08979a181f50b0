import { InspectorError } from "@inspector/contract/inspector-error";

/**
 * Reads an origin, "https://name" or "http://name:8080", as browsers write it in a request.
 * @throws {InspectorError} "bad-origin"
 */
export function parseOrigin(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/u.test(url.protocol) && `${url.origin}/` === url.href;
  if (!isOrigin) {
    throw new InspectorError("bad-origin", `${option} ${JSON.stringify(text)} is no origin`, {
      hint: `Write scheme and name as in the browser's address bar, for example ${option} https://name.example or ${option} http://name:8080.`,
    });
  }
  return url.origin;
}
