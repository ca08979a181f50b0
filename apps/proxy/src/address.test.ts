import { expect, test } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";

const DEFAULTS = { host: "127.0.0.1", port: 50051 };

test.each([
  ["50052", "127.0.0.1:50052"],
  ["0", "127.0.0.1:0"],
  ["localhost", "localhost:50051"],
  ["host.example:7", "host.example:7"],
  ["10.0.0.5", "10.0.0.5:50051"],
  ["10.0.0.5:80", "10.0.0.5:80"],
  [":8080", "127.0.0.1:8080"],
  ["[::1]", "[::1]:50051"],
  ["[::1]:6000", "[::1]:6000"],
  ["[fe80::1%eth0]:1", "[fe80::1%eth0]:1"],
])("%s is read as %s", (text, expected) => {
  expect(formatAddress(parseAddress(text, "--listen", DEFAULTS))).toBe(expected);
});

test.each([
  ["", "this is no address"],
  ["::1", "an IPv6 address needs brackets"],
  ["a b", "this is no address"],
  ["host:", "this is no address"],
  ["host:port", "this is no address"],
  ["65536", "a port is a number from 0 to 65535"],
  ["[::1]:99999", "a port is a number from 0 to 65535"],
  ["fe80::1%eth0", "an IPv6 address needs brackets"],
  ["http://localhost:1", "a host and a port are enough, without http:// and without a path"],
  ["http://[::1]:50051/", "a host and a port are enough, without http:// and without a path"],
  ["https://host.example", "a host and a port are enough, without https:// and without a path"],
  ["host:1:2", "this is no address"],
])("%s is refused with a reason and an example", (text, reason) => {
  expect(() => parseAddress(text, "--listen", DEFAULTS)).toThrowError(
    expect.objectContaining({
      code: "bad-address",
      message: expect.stringContaining(reason),
      hint: expect.stringContaining("--listen"),
    }),
  );
});
