/** Bytes of TCP, IP and pcapng, from nothing but what crossed: what a capture of it could have looked like. */

export type Endpoint = { readonly address: readonly number[]; readonly port: number };

export type Segment = {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: number;
  readonly payload: Uint8Array;
};

export const TCP = { fin: 0x01, syn: 0x02, ack: 0x10 } as const;
const IP_BYTES = 20;
const TCP_BYTES = 20;

/** An IPv4 packet with one TCP segment. Checksums stay 0, which readers take for offloaded. */
export function packet({ from, to, sequence, acknowledged, flags, payload }: Segment): Buffer {
  const bytes = Buffer.alloc(IP_BYTES + TCP_BYTES + payload.length);
  bytes[0] = 0x45;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes[8] = 64;
  bytes[9] = 6;
  bytes.set([...from.address, ...to.address], 12);
  bytes.writeUInt16BE(from.port, 20);
  bytes.writeUInt16BE(to.port, 22);
  bytes.writeUInt32BE(sequence >>> 0, 24);
  bytes.writeUInt32BE(acknowledged >>> 0, 28);
  bytes[32] = (TCP_BYTES / 4) << 4;
  bytes[33] = flags;
  bytes.writeUInt16BE(0xffff, 34);
  bytes.set(payload, IP_BYTES + TCP_BYTES);
  return bytes;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
/** Packets begin with their IP header. */
const LINKTYPE_RAW = 101;
const OPTION_TSRESOL = 9;
const OPTION_APPLICATION = 4;
const NANOSECONDS = 9;

/** The beginning of a pcapng file with one interface, whose times are nanoseconds. */
export function captureHeader(application: string): Buffer {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(0x1a2b3c4d, 0);
  section.writeUInt16LE(1, 4);
  section.writeBigInt64LE(-1n, 8);
  const name = Buffer.from(application);
  const description = Buffer.alloc(8);
  description.writeUInt16LE(LINKTYPE_RAW, 0);
  return Buffer.concat([
    block(SECTION_HEADER, Buffer.concat([section, option(OPTION_APPLICATION, name), option(0)])),
    block(
      INTERFACE_DESCRIPTION,
      Buffer.concat([description, option(OPTION_TSRESOL, Buffer.from([NANOSECONDS])), option(0)]),
    ),
  ]);
}

/** @param at nanoseconds since the Unix epoch */
export function capturedPacket(at: bigint, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(Number(at >> 32n), 4);
  head.writeUInt32LE(Number(at & 0xffffffffn), 8);
  head.writeUInt32LE(bytes.length, 12);
  head.writeUInt32LE(bytes.length, 16);
  return block(ENHANCED_PACKET, Buffer.concat([head, padded(bytes)]));
}

function option(code: number, value: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function block(type: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(body.length + 12);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.set(body, 8);
  bytes.writeUInt32LE(bytes.length, bytes.length - 4);
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}
