/** Whether an address leads back to a socket that this process listens on. */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Address } from "./address.ts";

const UNSPECIFIED = new Set(["0.0.0.0", "::"]);

/**
 * Whether a connection to `target` would arrive at the socket that is bound to `bound`.
 *
 * @param bound as the system tells it: an IP address, or 0.0.0.0 and :: for all of the machine's
 * @param target an IP address; 0.0.0.0 and :: reach the machine itself
 */
export function leadsTo(bound: Address, target: Address): boolean {
  if (bound.port !== target.port) {
    return false;
  }
  const host = plain(target.host);
  const own = plain(bound.host);
  if (host === own) {
    return true;
  }
  if (UNSPECIFIED.has(own)) {
    return UNSPECIFIED.has(host) || isOfThisMachine(host);
  }
  // Dialled, an unspecified address is a loopback one.
  return UNSPECIFIED.has(host) && isLoopback(own);
}

/** Whether some address of a name leads there; a name that cannot be resolved leads nowhere. */
export async function nameLeadsTo(bound: Address, { host, port }: Address): Promise<boolean> {
  if (bound.port !== port) {
    return false;
  }
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.some(({ address }) => leadsTo(bound, { host: address, port }));
}

function isOfThisMachine(host: string): boolean {
  return (
    isLoopback(host) ||
    Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => plain(address) === host))
  );
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version !== 0 && LOOPBACK.check(host, version === 4 ? "ipv4" : "ipv6");
}

/** Without a zone, and an IPv4 address within IPv6 as what it is. */
function plain(host: string): string {
  const bare = host.toLowerCase().replace(/%.*$/u, "");
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/u.exec(bare)?.[1] ?? bare;
}
