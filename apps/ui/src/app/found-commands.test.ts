import type { FunctionTotal, SessionSummary } from "@inspector/contract/page";
import { expect, test } from "vitest";
import type { Address } from "../shell/page/address.ts";
import { matchCommands } from "./commands.ts";
import { copyCommands, functionCommands, sessionCommands } from "./found-commands.ts";

const total = { trigger: "http", bindings: [], serverErrors: 0, inFlight: 0, lost: 0, recent: [], workers: [] };
const resize: FunctionTotal = { ...total, name: "resize it", calls: 12, failures: 3 };

test("a function is found with how it went, its page and its calls", () => {
  const went: Partial<Address>[] = [];
  const commands = matchCommands(
    functionCommands([resize], (change) => went.push(change)),
    "resize",
  );
  expect(commands.map(({ title, group }) => `${title}: ${group}`)).toEqual([
    "resize it: function, 12 calls, 3 failed",
    "Invocations of resize it: Filter",
  ]);
  for (const { run } of commands) {
    run();
  }
  expect(went).toEqual([
    { view: "functions", item: "resize it" },
    { view: "invocations", filter: 'fn:"resize it"' },
  ]);
});

test("a session is found by its title, app, length and failures, and the one that is shown is no choice", () => {
  const session: SessionSummary = {
    name: "2026-11-30T04-53-12",
    startedAt: 0,
    modifiedAt: 0,
    bytes: 1,
    messages: 1,
    app: "orders",
    length: 90e9,
    failures: 2,
    isLive: false,
    isCurrent: false,
  };
  const opened: string[] = [];
  const sessions = [session, { ...session, name: "named", title: "Before the update", failures: 0 }];
  const commands = sessionCommands(sessions, "shown", ({ name }) => opened.push(name));
  expect(commands.map(({ title, group }) => `${title}: ${group}`)).toEqual([
    "Open 2026-11-30T04-53-12: session of orders, 90.0 s, 2 failed",
    "Open Before the update: session of orders, 90.0 s",
  ]);
  commands[1]?.run();
  expect(opened).toEqual(["named"]);
  expect(sessionCommands(sessions, "named", () => {})).toHaveLength(1);
});

test("what is open can be copied in each of its forms", () => {
  const copied: string[] = [];
  const [json] = copyCommands([{ title: "Request as JSON", text: "{}" }], ({ text }) => copied.push(text));
  json?.run();
  expect(json?.title).toBe("Copy: Request as JSON");
  expect(copied).toEqual(["{}"]);
});
