import { expect, test } from "vitest";
import { type Address, changeAddress, formatAddress, isStep, parseAddress } from "./address.ts";

const PLAIN: Address = {
  view: "invocations",
  filter: "",
  message: undefined,
  invocation: undefined,
  with: undefined,
  item: undefined,
  tab: undefined,
  sort: undefined,
  like: undefined,
  look: undefined,
};

test("keeps view, filter and selections, and what else is in the address", () => {
  const address: Address = {
    view: "problems",
    filter: 'fn:hello "a b" OR (x)',
    message: 12_481,
    invocation: 7,
    with: 3,
    item: "late-log 3",
    tab: "logs",
    sort: "-duration",
    like: 9,
    look: "wrap raw",
  };
  const search = formatAddress("?session=bug-4711", address);
  expect(search).toContain("session=bug-4711");
  expect(parseAddress(search)).toEqual(address);
});

test("is empty for the plain page", () => {
  expect(formatAddress("?filter=x&message=3&view=messages", PLAIN)).toBe("");
  expect(parseAddress("")).toEqual(PLAIN);
});

test("opens the messages for a link to a message, unless it names another view", () => {
  expect(parseAddress("?message=3").view).toBe("messages");
  const address: Address = { ...PLAIN, message: 3 };
  expect(parseAddress(formatAddress("", address))).toEqual(address);
});

test("shows the invocations for a view that does not exist", () => {
  expect(parseAddress("?view=nothing").view).toBe("invocations");
});

test.each(["?message=x", "?message=-1", "?message=1.5", "?message=", ""])("takes no selection from %s", (search) => {
  expect(parseAddress(search).message).toBeUndefined();
});

test("leaves what is selected in a view behind with it, unless the change names another", () => {
  const problem: Address = { ...PLAIN, view: "problems", item: "failed-result:resize" };
  expect(changeAddress(problem, { view: "holds" }).item).toBeUndefined();
  expect(changeAddress(problem, { view: "holds", item: "hello" }).item).toBe("hello");
  expect(changeAddress(problem, { view: "problems", filter: "x" }).item).toBe(problem.item);
});

test("does not open the form for an answer again when the holds are come back to", () => {
  const answering = changeAddress({ ...PLAIN, invocation: 7 }, { view: "holds", item: "hello", like: 9 });
  expect(answering).toMatchObject({ item: "hello", like: 9 });
  const back = changeAddress(changeAddress(answering, { view: "invocations" }), { view: "holds" });
  expect([back.item, back.like]).toEqual([undefined, undefined]);
});

test("a step that is undone by going back is another view, or a comparison in the place of the list", () => {
  const sessions: Address = { ...PLAIN, view: "sessions", item: "a" };
  const compared: Address = { ...sessions, item: "compare a | b" };
  expect(isStep(PLAIN, sessions)).toBe(true);
  expect([isStep(sessions, compared), isStep(compared, sessions)]).toEqual([true, true]);
  expect(isStep(compared, { ...compared, item: "compare b | a" })).toBe(false);
  expect(isStep(sessions, { ...sessions, item: "b" })).toBe(false);
});

test("forgets what a call is compared with when another one is selected, unless the change names one", () => {
  const pair: Address = { ...PLAIN, invocation: 12, with: 7, tab: "compare" };
  expect(changeAddress(pair, { tab: "timing" }).with).toBe(7);
  expect(changeAddress(pair, { invocation: 12 }).with).toBe(7);
  expect(changeAddress(pair, { invocation: 13 })).toMatchObject({ invocation: 13, with: undefined, tab: "compare" });
  expect(changeAddress(pair, { invocation: 13, with: 7 }).with).toBe(7);
  expect(changeAddress(pair, { view: "functions" }).with).toBeUndefined();
});
