import type { Side } from "@inspector/wire/frames";

/** The port that a host has in a capture; workers have {@link workerPort}. */
export const HOST_PORT = 50_051;

const WORKER_PORTS = 40_000;
const IP_HEADER_BYTES = 20;
const TCP_HEADER_BYTES = 20;
/** What one IPv4 packet can carry, rounded down. */
const MAX_SEGMENT_BYTES = 60_000;
/** Packets begin with their IPv4 header. */
const LINKTYPE_RAW = 101;
const FLAG_SYN = 0x02;
const FLAG_ACK = 0x10;

export function workerPort(conn: number): number {
  return WORKER_PORTS + conn;
}

/**
 * A capture file of connections, as tcpdump would have written it, for tools that read those.
 *
 * Made from chunks alone: addresses, ports and sequence numbers are invented, checksums are left at zero.
 */
export function encodePcap(
  chunks: readonly {
    readonly at: number;
    readonly conn: number;
    readonly from: Side;
    readonly bytes: Uint8Array | undefined;
  }[],
): Uint8Array {
  const records = [fileHeader()];
  const sent = new Map<number, Record<Side, number>>();
  for (const { at, conn, from, bytes } of chunks) {
    let positions = sent.get(conn);
    if (positions === undefined) {
      positions = { worker: 1, host: 1 };
      sent.set(conn, positions);
      records.push(record(at, packet(conn, "worker", 0, 0, FLAG_SYN, new Uint8Array(0))));
      records.push(record(at, packet(conn, "host", 0, 1, FLAG_SYN | FLAG_ACK, new Uint8Array(0))));
    }
    for (let offset = 0; bytes !== undefined && offset < bytes.length; offset += MAX_SEGMENT_BYTES) {
      const segment = bytes.subarray(offset, offset + MAX_SEGMENT_BYTES);
      const acknowledged = positions[from === "host" ? "worker" : "host"];
      records.push(record(at, packet(conn, from, positions[from], acknowledged, FLAG_ACK, segment)));
      positions[from] += segment.length;
    }
  }
  return Buffer.concat(records);
}

function fileHeader(): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(0xffff, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  return header;
}

/** A packet with its time, which is in nanoseconds here and in microseconds there. */
function record(at: number, bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(at / 1e9), 0);
  header.writeUInt32LE(Math.floor((at % 1e9) / 1e3), 4);
  header.writeUInt32LE(bytes.length, 8);
  header.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([header, bytes]);
}

function packet(
  conn: number,
  from: Side,
  sequence: number,
  acknowledged: number,
  flags: number,
  payload: Uint8Array,
): Uint8Array {
  const ports = from === "host" ? [HOST_PORT, workerPort(conn)] : [workerPort(conn), HOST_PORT];
  const addresses = from === "host" ? [2, 1] : [1, 2];
  const header = Buffer.alloc(IP_HEADER_BYTES + TCP_HEADER_BYTES);
  header[0] = 0x45;
  header.writeUInt16BE(header.length + payload.length, 2);
  header[8] = 64;
  header[9] = 6;
  header.set([10, 0, 0, addresses[0] ?? 0, 10, 0, 0, addresses[1] ?? 0], 12);
  header.writeUInt16BE(ports[0] ?? 0, 20);
  header.writeUInt16BE(ports[1] ?? 0, 22);
  header.writeUInt32BE(sequence, 24);
  header.writeUInt32BE(acknowledged, 28);
  header[32] = (TCP_HEADER_BYTES / 4) << 4;
  header[33] = flags;
  header.writeUInt16BE(0xffff, 34);
  return Buffer.concat([header, payload]);
}
