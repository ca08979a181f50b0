import { expect, it } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";

it("keeps filter and selection, and what else is in the address", () => {
  const address = { filter: 'fn:hello "a b" OR (x)', selected: 12_481 };
  const search = formatAddress("?theme=dark", address);
  expect(search).toContain("theme=dark");
  expect(parseAddress(search)).toEqual(address);
});

it("is empty for the plain page", () => {
  expect(formatAddress("?filter=x&message=3", { filter: "", selected: undefined })).toBe("");
});

it.each(["?message=x", "?message=-1", "?message=1.5", "?message=", ""])("takes no selection from %s", (search) => {
  expect(parseAddress(search).selected).toBeUndefined();
});
