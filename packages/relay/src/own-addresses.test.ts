import { describe, expect, test } from "vitest";
import { leadsTo, nameLeadsTo } from "./own-addresses.ts";

const at = (host: string, port = 5000) => ({ host, port });

describe("what leads back to a socket of our own", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "::ffff:127.0.0.1"],
    ["127.0.0.1", "0.0.0.0"],
    ["0.0.0.0", "127.0.0.1"],
    ["0.0.0.0", "127.1.2.3"],
    ["0.0.0.0", "0.0.0.0"],
    ["::", "127.0.0.1"],
    ["::", "::1"],
    ["::1", "::"],
  ])("bound to %s, %s does", (bound, target) => {
    expect(leadsTo(at(bound), at(target))).toBe(true);
    expect(leadsTo(at(bound), at(target, 5001))).toBe(false);
  });

  test.each([
    ["127.0.0.1", "127.0.0.2"],
    ["127.0.0.1", "192.0.2.1"],
    ["0.0.0.0", "192.0.2.1"],
    ["192.0.2.1", "0.0.0.0"],
  ])("bound to %s, %s does not", (bound, target) => {
    expect(leadsTo(at(bound), at(target))).toBe(false);
  });

  test("a name does where one of its addresses does", async () => {
    expect(await nameLeadsTo(at("127.0.0.1"), at("localhost"))).toBe(true);
    expect(await nameLeadsTo(at("127.0.0.1"), at("no-such-name.invalid"))).toBe(false);
  });
});
