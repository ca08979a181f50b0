import { expect, test } from "vitest";
import { hintsFor } from "./hints.ts";

test.each([
  ["fn:cr", ["fn:cr*"]],
  ["status:failed fn:cr,or dur:>1s", ["status:failed fn:cr*,or dur:>1s", "status:failed fn:cr,or* dur:>1s"]],
  ["fn:a or fn:b*", ["fn:a* or fn:b*", "fn:a OR fn:b*"]],
  ["not fn:a*", ["NOT fn:a*"]],
  ["category:Function.a And x", ["category:Function.a* And x", "category:Function.a AND x"]],
])("of %s, what may have been meant is offered", (text, filters) => {
  expect(hintsFor(text).map(({ filter }) => filter)).toEqual(filters);
});

test.each(["", "or", 'fn:"or"', "fn:Order*", "a OR b", "x or", "kind:rpc_log", "id:7f", 'a "or" b', "fn:"])(
  "%s means what it says",
  (text) => {
    expect(hintsFor(text)).toEqual([]);
  },
);
