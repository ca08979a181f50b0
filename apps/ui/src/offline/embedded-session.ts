/** The session that `inspector export --format html` put into this page. */

/** What the export says of it. */
type EmbeddedInfo = { readonly name: string };

export type EmbeddedSession = { readonly name: string; readonly file: Blob };

/**
 * Takes the session out of the document: base64 of its gzipped bytes, in parts that can be decoded one by one.
 * @returns undefined where the page has none
 */
export function takeEmbeddedSession(page: Document): EmbeddedSession | undefined {
  const about = page.getElementById("session");
  if (about === null) {
    return undefined;
  }
  const { name }: EmbeddedInfo = JSON.parse(about.textContent);
  const parts = [...page.querySelectorAll("script.session-part")].map((part) => {
    const bytes = bytesOfBase64(part.textContent.trim());
    part.remove();
    return bytes;
  });
  return { name, file: new Blob(parts) };
}

export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) {
    bytes[at] = binary.charCodeAt(at);
  }
  return bytes;
}
