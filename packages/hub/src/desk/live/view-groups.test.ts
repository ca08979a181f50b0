import type { ViewOrder } from "@inspector/reader/page-request";
import { beforeEach, expect, test } from "vitest";
import type { ReaderClient, ViewEvents } from "../reader/reader-client.ts";
import type { Readers } from "../reader/readers.ts";
import type { Page } from "./page.ts";
import { createViewGroups, type ViewGroups } from "./view-groups.ts";

const ORDER: ViewOrder = { what: "messages", filter: "kind:rpc_log", after: 0 };

let opened: { readonly order: ViewOrder; readonly events: ViewEvents; isWanted: boolean }[];
let groups: ViewGroups;

beforeEach(() => {
  opened = [];
  const reader = {
    openView: (_: string, order: ViewOrder, events: ViewEvents) => opened.push({ order, events, isWanted: true }),
    next() {},
    closeView(view: number) {
      const found = opened[view - 1];
      if (found !== undefined) {
        found.isWanted = false;
      }
    },
  } as unknown as ReaderClient;
  groups = createViewGroups({ forFilter: () => reader } as unknown as Readers);
});

type ToldPage = Page & { isFull: boolean; readonly told: number[] };

function pageThatIs(isFull: boolean): ToldPage {
  const told: number[] = [];
  return {
    session: "",
    isFull,
    told,
    send() {},
    sendText() {},
    sendFrame: (_, words) => void told.push(words[0] ?? 0),
    check: () => false,
    refuse() {},
  };
}

test("pages that ask for the same before its first frame are one view of the reader", () => {
  const pages = [pageThatIs(false), pageThatIs(false), pageThatIs(false)];
  for (const page of pages) {
    groups.join(page, 1, ORDER);
  }
  groups.join(pageThatIs(false), 1, { ...ORDER, filter: "" });
  expect(opened).toHaveLength(2);
  opened[0]?.events.onFrame(Uint32Array.of(7));
  expect(pages.map(({ told }) => told)).toEqual([[7], [7], [7]]);
  // Who comes later is at another place.
  groups.join(pageThatIs(false), 1, ORDER);
  expect(opened).toHaveLength(3);
});

test("a page that is full gets no frames, and goes on from where it is once it has room", () => {
  const [full, other] = [pageThatIs(false), pageThatIs(false)];
  groups.join(full, 1, ORDER);
  groups.join(other, 1, ORDER);
  opened[0]?.events.onFrame(Uint32Array.of(7));
  full.isFull = true;
  opened[0]?.events.onFrame(Uint32Array.of(9));
  expect([full.told, other.told]).toEqual([[7], [7, 9]]);
  expect(opened).toHaveLength(1);
  full.isFull = false;
  groups.resume(full);
  expect(opened[1]?.order).toEqual({ ...ORDER, after: 7 });
  // Nobody needs the view of a page that is alone and full.
  full.isFull = true;
  opened[1]?.events.onFrame(Uint32Array.of(9));
  expect(opened.map(({ isWanted }) => isWanted)).toEqual([true, false]);
  expect(full.told).toEqual([7]);
});
