/** Text within text that is looked into as JSON, in characters. */
const MAX_INNER_JSON = 32 * 1024 * 1024;

/** An object or list: what a tree unfolds. */
export function looksLikeJson(text: string): boolean {
  if (text.length < 2 || text.length > MAX_INNER_JSON) {
    return false;
  }
  return (/^\s*\{/u.test(text) && /\}\s*$/u.test(text)) || (/^\s*\[/u.test(text) && /\]\s*$/u.test(text));
}
