/** What a browser shows where it does not get the page. */
import type { InspectorError } from "@inspector/contract/inspector-error";

/** The looks of the page itself, which is not served to whoever gets this. */
const STYLE = `:root{color-scheme:light dark}
body{background:light-dark(#f5f6f9,#0e1116);color:light-dark(#191f27,#e7ebf1);font:14px/1.5 "Inter Variable",system-ui,sans-serif;margin:0}
main{margin:18vh auto 0;max-width:560px;padding:0 24px}
small{color:light-dark(#5f6a78,#8f9aa9);font-weight:650}
h1{font-size:20px;letter-spacing:-.01em;line-height:1.3;margin:6px 0 8px;overflow-wrap:anywhere}
p{color:light-dark(#4c5664,#aeb7c4);margin:0;overflow-wrap:anywhere}`;

/** A page of its own: nothing is loaded for it, nothing runs in it. */
export function refusalPage({ message, hint }: InspectorError): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(message)} · inspector</title>
<style>${STYLE}</style>
<main>
<small>inspector</small>
<h1>${escapeHtml(message)}</h1>
<p>${escapeHtml(hint ?? "")}</p>
</main>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`);
}
