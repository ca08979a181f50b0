/** Captures for tests: what crossed in a recording, in packets of any form and order. */

import { packet, type Segment, TCP } from "@inspector/hub/export/packets";
import type { RecordedChunk } from "@inspector/testkit";
import type { Side } from "@inspector/wire/frames";

export type Packet = { readonly at: bigint; readonly bytes: Uint8Array };

export type PacketOptions = {
  /** Most bytes of a connection in a packet. */
  readonly segmentBytes?: number;
  /** Sequence numbers that the sides begin with. */
  readonly firstSequence?: number;
};

/** When the captures of tests begin, in nanoseconds since the Unix epoch. */
export const CAPTURED_AT = 1_795_237_953_000_000_000n;
export const CAPTURED_PORT = 50_051;

const RST = 0x04;

/** The packets of some connections, from SYN to FIN or RST: raw IPv4. */
export function packetsOf(chunks: readonly RecordedChunk[], options: PacketOptions = {}): Packet[] {
  const { segmentBytes = 1400, firstSequence = 1000 } = options;
  const sent = new Map<number, Record<Side, number>>();
  const packets: Packet[] = [];
  for (const { at, conn, from, bytes, event } of chunks) {
    let places = sent.get(conn);
    const add = (side: Side, flags: number, payload: Uint8Array = new Uint8Array()): void => {
      const known = places ?? { worker: firstSequence, host: firstSequence };
      const ends = { host: endOf("host", conn), worker: endOf("worker", conn) };
      const other: Side = side === "host" ? "worker" : "host";
      const segment: Segment = {
        from: ends[side],
        to: ends[other],
        sequence: known[side],
        acknowledged: known[other],
        flags,
        payload,
      };
      packets.push({ at: CAPTURED_AT + BigInt(at), bytes: packet(segment) });
      known[side] += payload.length + ((flags & (TCP.syn | TCP.fin)) === 0 ? 0 : 1);
    };
    if (places === undefined) {
      places = { worker: firstSequence, host: firstSequence };
      sent.set(conn, places);
      add("worker", TCP.syn);
      add("host", TCP.syn | TCP.ack);
    }
    for (let start = 0; bytes !== undefined && start < bytes.length; start += segmentBytes) {
      add(from, TCP.ack, bytes.subarray(start, start + segmentBytes));
    }
    if (event === "end") {
      add(from, TCP.fin | TCP.ack);
    }
    if (event === "error") {
      add(from, RST);
    }
  }
  return packets;
}

function endOf(side: Side, conn: number): Segment["from"] {
  return side === "host"
    ? { address: [10, 0, 0, 1], port: CAPTURED_PORT }
    : { address: [10, 0, 0, 2], port: 20_000 + conn };
}

export type PcapOptions = {
  readonly isBigEndian?: boolean;
  readonly isNanos?: boolean;
  readonly link?: number;
  /** What stands before each packet. */
  readonly header?: readonly number[];
};

export const LINKTYPE_RAW = 101;

/** A pcap file. */
export function pcapOf(packets: readonly Packet[], options: PcapOptions = {}): Buffer {
  const { isBigEndian = false, isNanos = false, link = LINKTYPE_RAW, header = [] } = options;
  const uint32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    isBigEndian ? bytes.writeUInt32BE(value) : bytes.writeUInt32LE(value);
    return bytes;
  };
  const version = isBigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0];
  const parts = [uint32(isNanos ? 0xa1b23c4d : 0xa1b2c3d4), Buffer.from(version), uint32(0), uint32(0)];
  parts.push(uint32(0xffff), uint32(link));
  for (const { at, bytes } of packets) {
    const fraction = Number(at % 1_000_000_000n);
    const length = uint32(header.length + bytes.length);
    parts.push(uint32(Number(at / 1_000_000_000n)), uint32(isNanos ? fraction : Math.floor(fraction / 1000)));
    parts.push(length, length, Buffer.from(header), Buffer.from(bytes));
  }
  return Buffer.concat(parts);
}
