import { expect, test } from "vitest";
import { imageType } from "./image-type.ts";

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test("recognises images by their first bytes", () => {
  expect(imageType(ascii("\u0089PNG\r\n\u001a\n…"))).toBe("image/png");
  expect(imageType(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe("image/jpeg");
  expect(imageType(ascii("GIF89a"))).toBe("image/gif");
  expect(imageType(ascii("RIFF????WEBPVP8 "))).toBe("image/webp");
});

test("takes nothing else for one: an SVG is text, and a short beginning is none", () => {
  for (const text of ["", "<svg xmlns=", "RIFF????WAVE", "\u0089PN"]) {
    expect(imageType(ascii(text))).toBeUndefined();
  }
});
