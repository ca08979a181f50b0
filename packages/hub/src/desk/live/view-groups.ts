/** Views that are the same for several pages, asked of a reader once. */
import type { ViewOrder } from "@inspector/reader/page-request";
import type { ReaderClient } from "../reader/reader-client.ts";
import type { Readers } from "../reader/readers.ts";
import type { Page } from "./page.ts";

export type ViewGroups = {
  /** Views of all pages. */
  readonly size: number;
  sizeOf(page: Page): number;
  /** Tells a page of a view from now on. @param id the page's number for it */
  join(page: Page, id: number, order: ViewOrder): void;
  leave(page: Page, id: number): void;
  leaveAll(page: Page): void;
  /** A page that was full has room again. */
  resume(page: Page): void;
};

/** One view of one page. `after` is where its page is: the cursor of the last frame that it was sent. */
type Member = {
  readonly page: Page;
  readonly id: number;
  readonly order: ViewOrder;
  after: number;
  group: Group | undefined;
};

/**
 * A view of a reader and the pages that have it, all at the same place. Whoever comes before its first frame joins it; a page that is
 * full leaves it and comes back by its cursor; a reader says when two that are at rest have become the same.
 */
type Group = {
  readonly key: string;
  readonly reader: ReaderClient;
  readonly members: Set<Member>;
  view: number;
  /** No frame has come yet. */
  isFresh: boolean;
};

export function createViewGroups(readers: Readers): ViewGroups {
  const members = new Map<Page, Map<number, Member>>();
  const groups = new Map<number, Group>();
  let size = 0;

  function enter(member: Member): void {
    const order = { ...member.order, after: member.after };
    const reader = readers.forFilter(order.filter);
    const key = JSON.stringify([member.page.session, order]);
    const fresh = [...groups.values()].find((group) => group.isFresh && group.key === key && group.reader === reader);
    const group = fresh ?? open(reader, member.page.session, order, key);
    group.members.add(member);
    member.group = group;
  }

  function open(reader: ReaderClient, session: string, order: ViewOrder, key: string): Group {
    const group: Group = { key, reader, members: new Set(), view: 0, isFresh: true };
    group.view = reader.openView(session, order, {
      onFrame: (words) => tell(group, words),
      onMerged: (into) => merge(group, into),
      onRefused: (message, offset) => refuse(group, message, offset),
      onLost: () => restart(group),
    });
    groups.set(group.view, group);
    return group;
  }

  function tell(group: Group, words: Uint32Array): void {
    group.isFresh = false;
    for (const member of group.members) {
      if (member.page.isFull) {
        detach(member);
      } else {
        member.page.sendFrame(member.id, words);
        member.after = words[0] ?? member.after;
      }
    }
    if (groups.has(group.view)) {
      group.reader.next(group.view);
    }
  }

  function detach(member: Member): void {
    const { group } = member;
    member.group = undefined;
    group?.members.delete(member);
    if (group?.members.size === 0 && groups.delete(group.view)) {
      group.reader.closeView(group.view);
    }
  }

  function merge(group: Group, into: number): void {
    groups.delete(group.view);
    const other = groups.get(into);
    for (const member of group.members) {
      member.group = other;
      if (other === undefined) {
        enter(member);
      } else {
        other.members.add(member);
      }
    }
  }

  function refuse(group: Group, message: string, offset: number): void {
    groups.delete(group.view);
    for (const { page, id } of group.members) {
      page.send({ type: "invalid-filter", view: id, message, offset });
      forget(page, id);
    }
  }

  function restart(group: Group): void {
    groups.delete(group.view);
    for (const member of group.members) {
      enter(member);
    }
  }

  function forget(page: Page, id: number): void {
    const own = members.get(page);
    if (own?.delete(id) === true) {
      size -= 1;
    }
    if (own?.size === 0) {
      members.delete(page);
    }
  }

  function leave(page: Page, id: number): void {
    const member = members.get(page)?.get(id);
    if (member !== undefined) {
      detach(member);
      forget(page, id);
    }
  }

  return {
    get size() {
      return size;
    },
    sizeOf: (page) => members.get(page)?.size ?? 0,
    join(page, id, order) {
      const member: Member = { page, id, order, after: order.after, group: undefined };
      const own = members.get(page) ?? new Map<number, Member>();
      members.set(page, own.set(id, member));
      size += 1;
      enter(member);
    },
    leave,
    leaveAll(page) {
      for (const id of [...(members.get(page)?.keys() ?? [])]) {
        leave(page, id);
      }
    },
    resume(page) {
      for (const member of members.get(page)?.values() ?? []) {
        if (member.group === undefined) {
          enter(member);
        }
      }
    },
  };
}
