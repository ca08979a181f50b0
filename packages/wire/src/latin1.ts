/** In pieces, since what is passed to fromCharCode has to fit onto the stack. */
const PIECE_BYTES = 4096;

/** One character a byte, so that no value is changed. */
export function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = "";
  for (let at = from; at < to; at += PIECE_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + PIECE_BYTES, to)));
  }
  return text;
}
