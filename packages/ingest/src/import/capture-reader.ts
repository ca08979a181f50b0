/**
 * Reads captures of packets: pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), of either byte order, with
 * times of any resolution.
 */
import { int64, uint16, uint32 } from "./byte-numbers.ts";
import { BytesAhead } from "./bytes-ahead.ts";
import type { RecordReader } from "./record-reader.ts";

export type CapturedPacket = {
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
  /** Kind of header that the bytes begin with, as tcpdump.org numbers LINKTYPE_ values. */
  readonly link: number;
  /** As much of the packet as was captured. */
  readonly bytes: Uint8Array;
};

export type CaptureReader = RecordReader<CapturedPacket>;

/** No capture has larger packets: libpcap's own limit is 256 KiB, Wireshark's 128 MiB for other things than networks. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;

const NANOS_PER_SECOND = 1_000_000_000n;

const PCAP_MICROS = 0xa1b2c3d4;
const PCAP_NANOS = 0xa1b23c4d;
const PCAPNG = 0x0a0d0d0a;

/** @param head the first bytes of a file. @returns undefined where they begin no capture */
export function createCaptureReader(head: Uint8Array): CaptureReader | undefined {
  if (head.length < 4) {
    return undefined;
  }
  if (uint32(head, 0) === PCAPNG) {
    return new PcapngReader();
  }
  for (const isLittle of [true, false]) {
    const magic = uint32(head, 0, isLittle);
    if (magic === PCAP_MICROS || magic === PCAP_NANOS) {
      return new PcapReader(isLittle, magic === PCAP_NANOS ? 1n : 1000n);
    }
  }
  return undefined;
}

const PCAP_HEADER_BYTES = 24;
const PCAP_RECORD_BYTES = 16;

class PcapReader implements CaptureReader {
  damage: string | undefined;
  readonly #ahead = new BytesAhead();
  readonly #isLittle: boolean;
  readonly #fractionNanos: bigint;
  #link: number | undefined;

  constructor(isLittle: boolean, fractionNanos: bigint) {
    this.#isLittle = isLittle;
    this.#fractionNanos = fractionNanos;
  }

  get bytesLeft(): number {
    return this.#ahead.length;
  }

  append(bytes: Uint8Array): void {
    this.#ahead.append(bytes);
  }

  next(): CapturedPacket | undefined {
    if (this.#link === undefined) {
      const header = this.#ahead.take(PCAP_HEADER_BYTES);
      if (header === undefined) {
        return undefined;
      }
      // The upper bits say how long a checksum behind each packet is.
      this.#link = this.#uint32(header, 20) & 0xffff;
    }
    const head = this.damage === undefined ? this.#ahead.peek(PCAP_RECORD_BYTES) : undefined;
    if (head === undefined) {
      return undefined;
    }
    const [seconds, fraction, length] = [this.#uint32(head, 0), this.#uint32(head, 4), this.#uint32(head, 8)];
    if (length > MAX_PACKET_BYTES) {
      this.damage = `it has a packet of ${length} bytes`;
      return undefined;
    }
    const bytes = this.#ahead.take(PCAP_RECORD_BYTES + length)?.subarray(PCAP_RECORD_BYTES);
    const at = BigInt(seconds) * NANOS_PER_SECOND + BigInt(fraction) * this.#fractionNanos;
    return bytes && { at, link: this.#link, bytes };
  }

  #uint32(bytes: Uint8Array, at: number): number {
    return uint32(bytes, at, this.#isLittle);
  }
}

const BLOCK_HEAD_BYTES = 12;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Who has more writes nonsense. */
const MAX_INTERFACES = 65_536;

type Interface = {
  readonly link: number;
  /** Units of time in a second. */
  readonly resolution: bigint;
  /** Added to each time, in seconds. */
  readonly offset: bigint;
};

class PcapngReader implements CaptureReader {
  damage: string | undefined;
  readonly #ahead = new BytesAhead();
  #isLittle = true;
  #interfaces: Interface[] = [];
  /** Simple packets have no time of their own. */
  #lastAt = 0n;

  get bytesLeft(): number {
    return this.#ahead.length;
  }

  append(bytes: Uint8Array): void {
    this.#ahead.append(bytes);
  }

  next(): CapturedPacket | undefined {
    for (;;) {
      const block = this.#block();
      if (block === undefined) {
        return undefined;
      }
      const packet = this.#packetOf(block.type, block.body);
      if (packet !== undefined) {
        this.#lastAt = packet.at;
        return packet;
      }
    }
  }

  #block(): { type: number; body: Uint8Array } | undefined {
    const head = this.damage === undefined ? this.#ahead.peek(BLOCK_HEAD_BYTES) : undefined;
    if (head === undefined) {
      return undefined;
    }
    const isSection = uint32(head, 0, true) === PCAPNG;
    if (isSection) {
      this.#isLittle = uint32(head, 8, true) === BYTE_ORDER_MAGIC;
      this.#interfaces = [];
    }
    const type = this.#uint32(head, 0);
    const length = this.#uint32(head, 4);
    if (length < BLOCK_HEAD_BYTES || length % 4 !== 0 || length > MAX_PACKET_BYTES) {
      this.damage = `it has a block of ${length} bytes`;
      return undefined;
    }
    const block = this.#ahead.take(length);
    return block && { type, body: block.subarray(8, length - 4) };
  }

  #packetOf(type: number, body: Uint8Array): CapturedPacket | undefined {
    if (type === INTERFACE && body.length >= 8 && this.#interfaces.length < MAX_INTERFACES) {
      this.#interfaces.push(this.#interfaceOf(body));
    } else if (type === ENHANCED_PACKET && body.length >= 20) {
      return this.#timed(this.#uint32(body, 0), body);
    } else if (type === OLD_PACKET && body.length >= 20) {
      return this.#timed(this.#uint16(body, 0), body);
    } else if (type === SIMPLE_PACKET && body.length >= 4) {
      const [first] = this.#interfaces;
      const bytes = body.subarray(4, 4 + this.#uint32(body, 0));
      return first && { at: this.#lastAt, link: first.link, bytes };
    }
    return undefined;
  }

  #timed(number: number, body: Uint8Array): CapturedPacket | undefined {
    const found = this.#interfaces[number];
    if (found === undefined) {
      return undefined;
    }
    const units = (BigInt(this.#uint32(body, 4)) << 32n) | BigInt(this.#uint32(body, 8));
    const at = (units * NANOS_PER_SECOND) / found.resolution + found.offset * NANOS_PER_SECOND;
    return { at, link: found.link, bytes: body.subarray(20, 20 + this.#uint32(body, 12)) };
  }

  #interfaceOf(body: Uint8Array): Interface {
    let resolution = 1_000_000n;
    let offset = 0n;
    for (let at = 8; at + 4 <= body.length; ) {
      const [code, length] = [this.#uint16(body, at), this.#uint16(body, at + 2)];
      const value = body.subarray(at + 4, at + 4 + length);
      if (code === OPTION_TSRESOL && value.length === 1) {
        resolution = resolutionOf(value[0] ?? 0);
      }
      if (code === OPTION_TSOFFSET && value.length === 8) {
        offset = int64(value, 0, this.#isLittle);
      }
      at += 4 + length + ((4 - (length % 4)) % 4);
    }
    return { link: this.#uint16(body, 0), resolution, offset };
  }

  #uint16(bytes: Uint8Array, at: number): number {
    return uint16(bytes, at, this.#isLittle);
  }

  #uint32(bytes: Uint8Array, at: number): number {
    return uint32(bytes, at, this.#isLittle);
  }
}

/** The highest bit says whether the rest is a power of two or of ten. pcapng, if_tsresol */
function resolutionOf(value: number): bigint {
  return (value & 0x80) === 0 ? 10n ** BigInt(value & 0x1f) : 2n ** BigInt(value & 0x3f);
}
