import { describe, expect, test } from "vitest";
import { HpackDecoder, MAX_HEADER_LIST_BYTES } from "./hpack.ts";
import { STATIC_TABLE } from "./hpack-static-table.ts";

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replace(/\s/g, ""), "hex");
}

function decode(decoder: HpackDecoder, hex: string) {
  const block = bytesOf(hex);
  return decoder.decode(block, 0, block.length);
}

function tableOf(decoder: HpackDecoder): string[] {
  return decoder.save().entries.map(([name, value]) => `${name}: ${value}`);
}

const REQUESTS = [
  [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
  ],
  [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
    ["cache-control", "no-cache"],
  ],
  [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ],
];
const COOKIE = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const RESPONSES = [
  [
    [":status", "302"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ],
  [
    [":status", "307"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ],
  [
    [":status", "200"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
    ["location", "https://www.example.com"],
    ["content-encoding", "gzip"],
    ["set-cookie", COOKIE],
  ],
];

describe("the examples of RFC 7541", () => {
  test.each([
    ["C.2.1", "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", ["custom-key", "custom-header"], 1],
    ["C.2.2", "040c 2f73 616d 706c 652f 7061 7468", [":path", "/sample/path"], 0],
    ["C.2.3", "1008 7061 7373 776f 7264 0673 6563 7265 74", ["password", "secret"], 0],
    ["C.2.4", "82", [":method", "GET"], 0],
  ])("%s: one field", (_, hex, header, kept) => {
    const decoder = new HpackDecoder();
    expect(decode(decoder, hex)).toEqual({ ok: true, headers: [header] });
    expect(decoder.save().entries).toHaveLength(kept);
  });

  test("C.1: an integer of several bytes", () => {
    const decoder = new HpackDecoder();
    expect(decode(decoder, "3f 9a0a")).toEqual({ ok: true, headers: [] });
    expect(decoder.save().maxBytes).toBe(1337);
  });

  test.each([
    [
      "C.3: requests without Huffman code",
      [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
      ],
    ],
    [
      "C.4: requests with Huffman code",
      [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
      ],
    ],
  ])("%s", (_, blocks) => {
    const decoder = new HpackDecoder();
    for (const [i, block] of blocks.entries()) {
      expect(decode(decoder, block)).toEqual({ ok: true, headers: REQUESTS[i] });
    }
    expect(tableOf(decoder)).toEqual([
      ":authority: www.example.com",
      "cache-control: no-cache",
      "custom-key: custom-value",
    ]);
  });

  test.each([
    [
      "C.5: responses without Huffman code",
      [
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
      ],
    ],
    [
      "C.6: responses with Huffman code",
      [
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
      ],
    ],
  ])("%s, with a table of 256 bytes that evicts", (_, blocks) => {
    const decoder = new HpackDecoder();
    decode(decoder, "3f e101");
    for (const [i, block] of blocks.entries()) {
      expect(decode(decoder, block)).toEqual({ ok: true, headers: RESPONSES[i] });
    }
    expect(tableOf(decoder)).toEqual([
      "date: Mon, 21 Oct 2013 20:13:22 GMT",
      "content-encoding: gzip",
      `set-cookie: ${COOKIE}`,
    ]);
  });
});

test("the static table has 61 entries", () => {
  expect(STATIC_TABLE).toHaveLength(61);
  expect(STATIC_TABLE[60]).toEqual(["www-authenticate", ""]);
});

test("values keep every byte", () => {
  const value = Uint8Array.from({ length: 100 }, (_, i) => i + 156);
  const block = Buffer.concat([bytesOf("00 01 61 64"), value]);
  const decoded = new HpackDecoder().decode(block, 0, block.length);
  expect(decoded).toEqual({ ok: true, headers: [["a", Buffer.from(value).toString("latin1")]] });
});

test("a long value is not limited by the call stack", () => {
  const length = 500_000;
  const block = Buffer.concat([bytesOf("00 01 61 7f a1 c1 1e"), Buffer.alloc(length, 0x78)]);
  const decoded = new HpackDecoder().decode(block, 0, block.length);
  expect(decoded).toEqual({ ok: true, headers: [["a", "x".repeat(length)]] });
});

describe("the dynamic table", () => {
  test("an entry larger than the table empties it and is still a header", () => {
    const decoder = new HpackDecoder();
    decode(decoder, "3f 01 40 01 61 01 62");
    expect(tableOf(decoder)).toEqual([]);
    decode(decoder, "3f e101 40 01 61 01 62");
    expect(tableOf(decoder)).toEqual(["a: b"]);
    const large = Buffer.concat([bytesOf("40 01 63 7f 81 02"), Buffer.alloc(384, 0x78)]);
    expect(decoder.decode(large, 0, large.length)).toMatchObject({ ok: true, headers: [["c", "x".repeat(384)]] });
    expect(tableOf(decoder)).toEqual([]);
  });

  test("a smaller size evicts the oldest entries, zero all", () => {
    const decoder = new HpackDecoder();
    decode(decoder, "40 01 61 01 31 40 01 62 01 32 40 01 63 01 33");
    decode(decoder, "3f 25");
    expect(tableOf(decoder)).toEqual(["b: 2", "c: 3"]);
    decode(decoder, "20");
    expect(tableOf(decoder)).toEqual([]);
  });

  test("a block may begin with two size updates", () => {
    const decoder = new HpackDecoder();
    expect(decode(decoder, "20 3f e11f 82")).toEqual({ ok: true, headers: [[":method", "GET"]] });
    expect(decoder.save().maxBytes).toBe(4096);
  });

  test("a decoder that was stored goes on with the same table", () => {
    const decoder = new HpackDecoder();
    decoder.allowTable(8192);
    decode(decoder, "3f e13f 40 01 61 01 31");
    const restored = new HpackDecoder();
    restored.restore(structuredClone(decoder.save()));
    expect(decode(restored, "3f e13f be")).toEqual({ ok: true, headers: [["a", "1"]] });
    expect(restored.save()).toEqual({ ...decoder.save(), maxBytes: 8192 });
  });
});

describe("a block that is wrong gives a reason", () => {
  test.each([
    ["an index of zero", "80", /no table entry 0/],
    ["an index behind the table", "be", /no table entry 62/],
    ["a name index behind the table", "7f 00 01 61", /no table entry 63/],
    ["an integer that ends too early", "ff 80", /cut off/],
    ["an integer beyond 32 bits", "ff ff ff ff ff 7f", /too large/],
    ["an integer of endless zeros", "ff 80 80 80 80 80 80 80 00", /too large/],
    ["a string longer than the block", "00 05 61 62", /cut off/],
    ["a value that is not there", "00 01 61", /missing/],
    ["a Huffman string with the end-of-string mark", "00 84 ff ff ff ff 00", /Huffman/],
    ["a Huffman string padded with zeros", "00 81 18 00", /Huffman/],
    ["a Huffman string padded with a whole byte", "00 82 1f ff 00", /Huffman/],
    ["a table larger than is allowed", "3f e2 1f", /4097 bytes, where 4096/],
    ["a size update behind a header", "82 20", /behind a header/],
  ])("%s", (_, hex, reason) => {
    expect(decode(new HpackDecoder(), hex)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test("a header list that unfolds to more than 1 MiB", () => {
    const decoder = new HpackDecoder();
    const entry = Buffer.concat([bytesOf("40 01 61 7f a1 1e"), Buffer.alloc(4000, 0x78)]);
    expect(decoder.decode(entry, 0, entry.length).ok).toBe(true);
    const bomb = new Uint8Array(1000).fill(0xbe);
    expect(decoder.decode(bomb, 0, bomb.length)).toEqual({ ok: false, reason: expect.stringMatching(/1 MiB/) });
  });

  test("a table that a peer allowed to be endless stays within 1 MiB", () => {
    const decoder = new HpackDecoder();
    decoder.allowTable(2 ** 32 - 1);
    decode(decoder, "3f e0 ff ff ff 0f");
    const entry = Buffer.concat([bytesOf("40 01 61 7f a1 c1 1e"), Buffer.alloc(500_000, 0x78)]);
    const results = [1, 2, 3].map(() => decoder.decode(entry, 0, entry.length).ok);
    expect(results).toEqual([true, true, false]);
    expect(MAX_HEADER_LIST_BYTES).toBe(1_048_576);
  });
});
