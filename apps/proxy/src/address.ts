import { InspectorError } from "@inspector/contract/inspector-error";
import { type Address, formatAddress } from "@inspector/relay/address";

export { type Address, formatAddress };

/**
 * Reads `PORT`, `HOST`, `HOST:PORT`, `[::1]` or `[::1]:PORT`.
 *
 * A bare number is a port where `bareNumber` says so (`--listen 50051`) and stands for `defaults.host`.
 * @throws {InspectorError} "bad-address"
 */
export function parseAddress(text: string, option: string, defaults: Address): Address {
  const bad = (why: string): InspectorError =>
    new InspectorError("bad-address", `${option} ${JSON.stringify(text)}: ${why}`, {
      hint: `Write it as HOST:PORT, for example ${option} ${defaults.host}:${defaults.port || 50051} or ${option} [::1]:50051.`,
    });
  const match = /^(?:\[([0-9a-f:.%a-z]+)\]|([^[\]:\s]+))?(?::(\d+))?$/iu.exec(text);
  if (text === "" || match === null) {
    throw bad(describeMisspelling(text));
  }
  const [, ipv6, name, port] = match;
  if (name !== undefined && port === undefined && /^\d+$/u.test(name)) {
    return { host: defaults.host, port: parsePort(name, bad) };
  }
  return {
    host: ipv6 ?? name ?? defaults.host,
    port: port === undefined ? defaults.port : parsePort(port, bad),
  };
}

function describeMisspelling(text: string): string {
  const [scheme] = /^[a-z][a-z0-9+.-]*:\/\//iu.exec(text) ?? [];
  if (scheme !== undefined) {
    return `a host and a port are enough, without ${scheme} and without a path`;
  }
  return /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.%a-z]*$/iu.test(text)
    ? "an IPv6 address needs brackets"
    : "this is no address";
}

function parsePort(text: string, bad: (why: string) => InspectorError): number {
  const port = Number(text);
  if (port > 65_535) {
    throw bad("a port is a number from 0 to 65535");
  }
  return port;
}
