/** The TCP segment in a captured packet. */
import { uint16, uint32 } from "./byte-numbers.ts";

export type TcpSegment = {
  /** Address and port, as "10.0.0.1:50051" and "[fe80:0:…:1]:50051". */
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  /** Good where `isAck` is set. */
  readonly acknowledged: number;
  readonly isSyn: boolean;
  readonly isAck: boolean;
  readonly isFin: boolean;
  readonly isReset: boolean;
  /** As much of its content as was captured. */
  readonly payload: Uint8Array;
};

/** Where the IP header begins, by the kind of packet (tcpdump.org, LINKTYPE_ values); undefined where there is none. */
const IP_AT: Readonly<Record<number, (bytes: Uint8Array) => number | undefined>> = {
  // NULL and LOOP: the loopback of BSD and macOS, behind the address family
  0: () => 4,
  108: () => 4,
  1: (bytes) => behindTags(bytes, 12),
  // RAW, under its numbers of several systems, and IPv4 and IPv6
  12: () => 0,
  14: () => 0,
  101: () => 0,
  228: () => 0,
  229: () => 0,
  // Linux's "any" device
  113: (bytes) => behindTags(bytes, 14),
  276: (bytes) => (isIp(bytes, 0) ? 20 : undefined),
};

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** 802.1Q and 802.1ad */
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8];

function isIp(bytes: Uint8Array, typeAt: number): boolean {
  const type = bytes.length < typeAt + 2 ? 0 : uint16(bytes, typeAt);
  return type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6;
}

function behindTags(bytes: Uint8Array, typeAt: number): number | undefined {
  let at = typeAt;
  while (bytes.length >= at + 2 && VLAN_TAGS.includes(uint16(bytes, at))) {
    at += 4;
  }
  return isIp(bytes, at) ? at + 2 : undefined;
}

/** @returns undefined where the packet holds none: another protocol, a fragment, or cut off before its end. Good as long as the packet is */
export function tcpSegmentOf({
  link,
  bytes,
}: {
  readonly link: number;
  readonly bytes: Uint8Array;
}): TcpSegment | undefined {
  const at = IP_AT[link]?.(bytes);
  const ip = at === undefined || at >= bytes.length ? undefined : bytes.subarray(at);
  const version = (ip?.[0] ?? 0) >> 4;
  if (ip === undefined || (version !== 4 && version !== 6)) {
    return undefined;
  }
  const found = version === 4 ? inIpv4(ip) : inIpv6(ip);
  return found && segmentOf(found);
}

type TcpBytes = { readonly source: string; readonly destination: string; readonly tcp: Uint8Array };

const PROTOCOL_TCP = 6;

function inIpv4(ip: Uint8Array): TcpBytes | undefined {
  const headerBytes = ((ip[0] ?? 0) & 0xf) * 4;
  if (ip.length < headerBytes || headerBytes < 20 || ip[9] !== PROTOCOL_TCP || (uint16(ip, 6) & 0x3fff) !== 0) {
    return undefined;
  }
  // 0 where the network card cuts the packet later: then all that was captured belongs to it.
  const total = uint16(ip, 2) || ip.length;
  return {
    source: ip.subarray(12, 16).join("."),
    destination: ip.subarray(16, 20).join("."),
    tcp: ip.subarray(headerBytes, total),
  };
}

const IPV6_HEADER_BYTES = 40;
/** Hop-by-hop options, routing and destination options. RFC 8200, 4 */
const EXTENSIONS: readonly number[] = [0, 43, 60];

function inIpv6(ip: Uint8Array): TcpBytes | undefined {
  if (ip.length < IPV6_HEADER_BYTES) {
    return undefined;
  }
  let next = ip[6] ?? 0;
  let at = IPV6_HEADER_BYTES;
  while (EXTENSIONS.includes(next) && at + 2 <= ip.length) {
    next = ip[at] ?? 0;
    at += ((ip[at + 1] ?? 0) + 1) * 8;
  }
  const content = uint16(ip, 4);
  return next !== PROTOCOL_TCP
    ? undefined
    : {
        source: ipv6(ip.subarray(8, 24)),
        destination: ipv6(ip.subarray(24, 40)),
        tcp: ip.subarray(at, content === 0 ? ip.length : IPV6_HEADER_BYTES + content),
      };
}

function ipv6(bytes: Uint8Array): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => uint16(bytes, at).toString(16));
  return `[${groups.join(":")}]`;
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

function segmentOf({ source, destination, tcp }: TcpBytes): TcpSegment | undefined {
  const headerBytes = ((tcp[12] ?? 0) >> 4) * 4;
  if (tcp.length < headerBytes || headerBytes < 20) {
    return undefined;
  }
  const flags = tcp[13] ?? 0;
  return {
    from: `${source}:${uint16(tcp, 0)}`,
    to: `${destination}:${uint16(tcp, 2)}`,
    sequence: uint32(tcp, 4),
    acknowledged: uint32(tcp, 8),
    isSyn: (flags & SYN) !== 0,
    isAck: (flags & ACK) !== 0,
    isFin: (flags & FIN) !== 0,
    isReset: (flags & RST) !== 0,
    payload: tcp.subarray(headerBytes),
  };
}
