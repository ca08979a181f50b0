/** Files in one archive, as PKWARE's APPNOTE.TXT lays it out: deflated, names in UTF-8, without ZIP64. */
import { crc32, deflateRawSync } from "node:zlib";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { Sink } from "./sink.ts";

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const VERSION_NEEDED = 20;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
/** 1980-01-01, the first date that there is: who reads an export needs no other. */
const DATE = 0x0021;
const MAX_FILES = 0xffff;
const MAX_BYTES = 0xffffffff;

/** Writes one file after the other; `end` makes an archive of them. */
export class ZipWriter {
  readonly #sink: Sink;
  readonly #entries: Buffer[] = [];
  #at = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** @throws {InspectorError} "too-large" where an archive without ZIP64 holds no more */
  async add(name: string, text: string): Promise<void> {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const nameBytes = Buffer.from(name);
    if (this.#entries.length === MAX_FILES || this.#at + packed.length > MAX_BYTES) {
      throw new InspectorError("too-large", "The export does not fit into an archive of 4 GB and 65 535 files", {
        hint: "Export a part of it, by --filter or --invocations.",
      });
    }
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(VERSION_NEEDED, 0);
    facts.writeUInt16LE(UTF8_NAMES, 2);
    facts.writeUInt16LE(DEFLATED, 4);
    facts.writeUInt16LE(DATE, 8);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(nameBytes.length, 22);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(CENTRAL_HEADER, 0);
    central.writeUInt16LE(VERSION_NEEDED, 4);
    facts.copy(central, 6);
    central.writeUInt32LE(this.#at, 42);
    this.#entries.push(Buffer.concat([central, nameBytes]));
    const local = Buffer.alloc(4);
    local.writeUInt32LE(LOCAL_HEADER, 0);
    await this.#write(Buffer.concat([local, facts, nameBytes]));
    await this.#write(packed);
  }

  async end(): Promise<void> {
    const start = this.#at;
    for (const entry of this.#entries) {
      await this.#write(entry);
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(END, 0);
    end.writeUInt16LE(this.#entries.length, 8);
    end.writeUInt16LE(this.#entries.length, 10);
    end.writeUInt32LE(this.#at - start, 12);
    end.writeUInt32LE(start, 16);
    await this.#write(end);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#at += bytes.length;
    await this.#sink.write(bytes);
  }
}
