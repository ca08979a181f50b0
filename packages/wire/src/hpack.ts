import { decodeHuffman } from "./hpack-huffman.ts";
import { type Header, STATIC_TABLE } from "./hpack-static-table.ts";
import { latin1 } from "./latin1.ts";

export type { Header } from "./hpack-static-table.ts";

/** What a connection starts with, until SETTINGS_HEADER_TABLE_SIZE says otherwise. RFC 9113, 6.5.2. */
export const DEFAULT_TABLE_BYTES = 4096;
/** One header list may not decode to more, nor a table hold more: real peers stop at 8 to 64 KiB. */
export const MAX_HEADER_LIST_BYTES = 1 << 20;

/** What RFC 7541, 4.1 adds to the name's and the value's length. */
const ENTRY_OVERHEAD_BYTES = 32;
const MAX_INTEGER = 2 ** 32 - 1;
const NO_BYTES = new Uint8Array(0);

/** Headers in their order, or why there are none: then the connection is unreadable. */
export type HeadersDecoded =
  | { readonly ok: true; readonly headers: readonly Header[] }
  | { readonly ok: false; readonly reason: string };

/** Everything a decoder remembers between header blocks, as plain data. */
export type HpackState = {
  /** Newest entry last. */
  readonly entries: readonly Header[];
  readonly maxBytes: number;
  readonly allowedBytes: number;
};

/**
 * Decodes the header blocks of one direction of a connection, in order. RFC 7541.
 *
 * After a block that could not be decoded the table is not what the sender thinks it is, so nothing more can be.
 */
export class HpackDecoder {
  #entries: Header[] = [];
  #bytes = 0;
  #maxBytes = DEFAULT_TABLE_BYTES;
  #allowedBytes = DEFAULT_TABLE_BYTES;

  // The block being decoded. A reason means that it is broken, and every read returns something harmless.
  #block: Uint8Array = NO_BYTES;
  #position = 0;
  #end = 0;
  #reason: string | undefined;

  /** The largest table the sender may use: what the other side set with SETTINGS_HEADER_TABLE_SIZE. */
  allowTable(bytes: number): void {
    this.#allowedBytes = bytes;
  }

  /** Decodes one complete header block (HEADERS and its CONTINUATIONs, without padding and priority). */
  decode(block: Uint8Array, start: number, end: number): HeadersDecoded {
    this.#block = block;
    this.#position = start;
    this.#end = end;
    this.#reason = undefined;
    const headers: Header[] = [];
    let listBytes = 0;
    while (this.#position < end && this.#reason === undefined) {
      const header = this.#readField(headers.length === 0);
      if (header === undefined) {
        continue;
      }
      listBytes += entryBytes(header);
      if (listBytes > MAX_HEADER_LIST_BYTES) {
        this.#fail("the header list is larger than 1 MiB");
      }
      headers.push(header);
    }
    this.#block = NO_BYTES;
    return this.#reason === undefined ? { ok: true, headers } : { ok: false, reason: this.#reason };
  }

  save(): HpackState {
    return {
      entries: this.#entries.map(([name, value]) => [name, value] as const),
      maxBytes: this.#maxBytes,
      allowedBytes: this.#allowedBytes,
    };
  }

  restore(state: HpackState): void {
    this.#entries = [...state.entries];
    this.#bytes = state.entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    this.#maxBytes = state.maxBytes;
    this.#allowedBytes = state.allowedBytes;
  }

  /** One representation; undefined where it was a table size update, or is broken. */
  #readField(isFirst: boolean): Header | undefined {
    const byte = this.#block[this.#position] ?? 0;
    if (byte >= 0x80) {
      return this.#entry(this.#readInteger(7));
    }
    if (byte >= 0x40) {
      return this.#add(this.#readLiteral(6));
    }
    if (byte >= 0x20) {
      return this.#resize(this.#readInteger(5), isFirst);
    }
    // Without indexing, or never indexed: only an encoder has to tell them apart.
    return this.#readLiteral(4);
  }

  #readLiteral(prefixBits: number): Header | undefined {
    const index = this.#readInteger(prefixBits);
    const name = index === 0 ? this.#readString() : this.#entry(index)?.[0];
    const value = this.#readString();
    return name === undefined || this.#reason !== undefined ? undefined : [name, value];
  }

  /** An integer with a prefix of so many bits. RFC 7541, 5.1. */
  #readInteger(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = (this.#block[this.#position++] ?? 0) & mask;
    if (value < mask) {
      return value;
    }
    for (let scale = 1; this.#position < this.#end; scale *= 128) {
      const byte = this.#block[this.#position++] ?? 0;
      value += (byte & 0x7f) * scale;
      // Zeros may follow without end, hence a limit on the bytes too.
      if (value > MAX_INTEGER || scale > 2 ** 28) {
        return this.#fail("an integer is too large");
      }
      if (byte < 0x80) {
        return value;
      }
    }
    return this.#fail("an integer is cut off");
  }

  #readString(): string {
    if (this.#reason !== undefined) {
      return "";
    }
    if (this.#position >= this.#end) {
      this.#fail("a string is missing");
      return "";
    }
    const isHuffman = (this.#block[this.#position] ?? 0) >= 0x80;
    const start = this.#position;
    const length = this.#readInteger(7);
    if (this.#position + length > this.#end) {
      this.#fail("a string is cut off");
    }
    if (this.#reason !== undefined) {
      return "";
    }
    const from = this.#position;
    this.#position = from + length;
    if (!isHuffman) {
      return latin1(this.#block, from, this.#position);
    }
    const decoded = decodeHuffman(this.#block, from, this.#position);
    if (decoded !== undefined) {
      return latin1(decoded);
    }
    this.#fail(`the Huffman code of the string at byte ${start} is wrong`);
    return "";
  }

  #entry(index: number): Header | undefined {
    if (this.#reason !== undefined) {
      return undefined;
    }
    const dynamic = index - STATIC_TABLE.length;
    const entry = dynamic <= 0 ? STATIC_TABLE[index - 1] : this.#entries[this.#entries.length - dynamic];
    if (entry === undefined) {
      this.#fail(`there is no table entry ${index}`);
    }
    return entry;
  }

  #add(header: Header | undefined): Header | undefined {
    if (header === undefined) {
      return undefined;
    }
    const bytes = entryBytes(header);
    // An entry larger than the table empties it and is not kept: RFC 7541, 4.4.
    this.#evictTo(this.#maxBytes - bytes);
    if (bytes > this.#maxBytes) {
      return header;
    }
    this.#entries.push(header);
    this.#bytes += bytes;
    if (this.#bytes > MAX_HEADER_LIST_BYTES) {
      this.#fail("the header table is larger than 1 MiB");
    }
    return header;
  }

  #resize(bytes: number, isFirst: boolean): undefined {
    if (this.#reason !== undefined) {
      return;
    }
    if (!isFirst) {
      this.#fail("a table size update stands behind a header");
    } else if (bytes > this.#allowedBytes) {
      this.#fail(`a header table of ${bytes} bytes, where ${this.#allowedBytes} are allowed`);
    } else {
      this.#maxBytes = bytes;
      this.#evictTo(bytes);
    }
  }

  #evictTo(bytes: number): void {
    while (this.#bytes > bytes) {
      const oldest = this.#entries.shift();
      if (oldest === undefined) {
        return;
      }
      this.#bytes -= entryBytes(oldest);
    }
  }

  #fail(reason: string): 0 {
    this.#reason ??= `header block: ${reason}`;
    this.#position = this.#end;
    return 0;
  }
}

function entryBytes([name, value]: Header): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES;
}
