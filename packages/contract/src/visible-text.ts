/**
 * Text from elsewhere (a log, a file name, an opened session), made safe to look at.
 *
 * A terminal obeys escape sequences instead of showing them, and both terminals and browsers turn text around at
 * bidirectional marks; characters without a width make two texts look the same that are not. Everybody who shows such text passes it through here; whoever stores or copies it does not.
 */

/** C0, DEL and C1 controls, bidirectional marks, and the separators that end a line elsewhere. */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Characters that nobody sees: without a width, or the letters of Unicode's tags. A joiner behind a letter of a script that joins, or
 * within an emoji, is part of what is seen; so are the tags of a flag.
 */
const UNSEEN =
  /[\u00ad\u180e\u200b\u2060-\u2064\ufeff]|(?<![^\0-\u024f])[\u200c\u200d]|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0000}-\u{e007f}]/gu;

/** U+2400 "␀" is the picture of NUL, U+241B "␛" that of ESC, and so on. */
const FIRST_PICTURE = 0x2400;
const DELETE = 0x7f;
const PICTURE_OF_DELETE = "\u2421";

/** Shows control characters and those without a width as signs ("␛", "<U+202E>", "<U+200B>"), and keeps line breaks and tabs. */
export function visibleText(text: string): string {
  return text
    .replaceAll(OBEYED, (character) => (character === "\n" || character === "\t" ? character : sign(character)))
    .replaceAll(UNSEEN, sign);
}

/** {@link visibleText} for what has to stay on one line: line breaks and tabs become "␊" and "␉". */
export function visibleLine(text: string): string {
  return text.replaceAll(OBEYED, sign).replaceAll(UNSEEN, sign);
}

/**
 * JSON text with the same characters written as "\u009b". Its value stays the same.
 * @param json of JSON.stringify, which itself escapes only the characters below U+0020
 */
export function visibleJson(json: string): string {
  return json.replaceAll(OBEYED, (character) => (character < " " ? character : `\\u${hex(character)}`));
}

function sign(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) {
    return String.fromCharCode(FIRST_PICTURE + code);
  }
  return code === DELETE ? PICTURE_OF_DELETE : `<U+${code.toString(16).padStart(4, "0").toUpperCase()}>`;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, "0");
}
