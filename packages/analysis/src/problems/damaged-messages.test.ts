import { expect, test } from "vitest";
import { DamagedMessages } from "./damaged-messages.ts";

const damage = (path: string) => ({ path, offset: 0, says: "holds text that is not UTF-8" });

test("equal damages are one, with the first and the newest, and of very many different ones the newest are kept", () => {
  const messages = new DamagedMessages();
  const add = (seq: number, stream: number) =>
    messages.add({ seq, at: seq, stream, side: 1, kind: 2, damage: damage("rpc_log.message") });
  for (let stream = 1; stream <= 1500; stream++) {
    add(stream, stream);
  }
  add(2000, 1500);
  expect(messages.groups).toHaveLength(1000);
  expect(messages.groups[0]?.first.stream).toBe(501);
  expect(messages.groups.at(-1)).toMatchObject({ first: { seq: 1500 }, newest: { seq: 2000 }, count: 2 });
  expect(messages.last(1500, 1)?.seq).toBe(2000);
});
