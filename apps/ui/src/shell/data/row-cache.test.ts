import type { MessagePage, MessageRow, Seq } from "@inspector/contract/page";
import { describe, expect, test, vi } from "vitest";
import { BATCH_ROWS, KEPT_ROWS, RowCache } from "./row-cache.ts";

type Request = {
  readonly seqs: readonly Seq[];
  readonly answer: (page: MessagePage) => void;
  readonly fail: () => void;
};

/** A hub that answers when the test says so. */
function createHub() {
  const requests: Request[] = [];
  const getRows = (seqs: readonly Seq[]) =>
    new Promise<MessagePage>((resolve, reject) =>
      requests.push({ seqs, answer: resolve, fail: () => reject(new Error("gone")) }),
    );
  const source = {
    fetch: async (seqs: readonly Seq[]) => (await getRows(seqs)).rows,
    numberOf: ({ seq }: MessageRow) => seq,
  };
  return { requests, cache: new RowCache(source, (flush) => flush()) };
}

function row(seq: Seq): MessageRow {
  return { seq, at: seq * 1000, stream: 1, from: "host", kind: "rpc_log", size: 10 };
}

const page = (seqs: readonly Seq[]): MessagePage => ({ rows: seqs.map(row), last: 1_000_000 });
const range = (start: Seq, count: number) => Array.from({ length: count }, (_, index) => start + index);
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a row cache", () => {
  test("asks for what is wanted in batches, at most two at a time, the most urgent first", async () => {
    const { requests, cache } = createHub();
    cache.want([...range(5000, 200), ...range(1, 500)]);
    expect(requests.map(({ seqs }) => seqs[0])).toEqual([5000, 1]);
    expect(requests[0]?.seqs).toHaveLength(BATCH_ROWS);
    requests[0]?.answer(page(requests[0].seqs));
    await settled();
    expect(requests).toHaveLength(3);
    expect(cache.get(5000)?.at).toBe(5_000_000);
  });

  test("asks for what is added to a list whose end is in sight before the list is drawn again, and elsewhere not", () => {
    const { requests, cache } = createHub();
    cache.want([1, 2], true);
    cache.expect(Uint32Array.of(3));
    expect(requests.map(({ seqs }) => seqs)).toEqual([[1, 2], [3]]);
    const { requests: none, cache: scrolledAway } = createHub();
    scrolledAway.want([], false);
    scrolledAway.expect(Uint32Array.of(3));
    expect(none).toHaveLength(0);
  });

  test("asks once for a row that changed and came to the end of the list", async () => {
    const { requests, cache } = createHub();
    cache.want([1, 2], true);
    requests[0]?.answer(page([1, 2]));
    await settled();
    cache.refresh([2]);
    cache.expect(Uint32Array.of(2, 3));
    expect(requests[1]?.seqs).toEqual([2, 3]);
  });

  test("never asks for rows that were scrolled past while it was busy", async () => {
    const { requests, cache } = createHub();
    cache.want(range(1, 400));
    cache.want(range(10_000, 50));
    cache.want(range(90_000, 50));
    for (const { seqs, answer } of [...requests]) {
      answer(page(seqs));
    }
    await settled();
    expect(requests[2]?.seqs).toEqual(range(90_000, 50));
    requests[2]?.answer(page(range(90_000, 50)));
    await settled();
    expect(requests).toHaveLength(3);
  });

  test("asks once for a number that does not exist", async () => {
    const { requests, cache } = createHub();
    cache.want([1, 2]);
    requests[0]?.answer(page([1]));
    await settled();
    cache.want([1, 2]);
    expect(requests).toHaveLength(1);
    expect(cache.get(2)).toBeUndefined();
    expect([cache.isMissing(1), cache.isMissing(2)]).toEqual([false, true]);
  });

  test("asks again as soon as the connection is back", async () => {
    const { requests, cache } = createHub();
    cache.want([1]);
    requests[0]?.fail();
    await settled();
    cache.want([1]);
    expect(requests).toHaveLength(1);
    cache.retry();
    expect(requests).toHaveLength(2);
    requests[1]?.answer(page([1]));
    await expect.poll(() => cache.get(1)).toBeDefined();
  });

  test("gives up the rows that were wanted longest ago", async () => {
    const { requests, cache } = createHub();
    for (let start = 1; start <= KEPT_ROWS; start += BATCH_ROWS) {
      cache.want(range(start, BATCH_ROWS));
      requests.at(-1)?.answer(page(range(start, BATCH_ROWS)));
      await settled();
    }
    cache.want([1]);
    cache.want(range(KEPT_ROWS + 1, BATCH_ROWS));
    requests.at(-1)?.answer(page(range(KEPT_ROWS + 1, BATCH_ROWS)));
    await settled();
    expect(cache.size).toBe(KEPT_ROWS);
    expect(cache.get(1)).toBeDefined();
    expect(cache.get(2)).toBeUndefined();
  });

  test("drops an answer that belongs to a session that was cleared", async () => {
    const { requests, cache } = createHub();
    cache.want([1]);
    cache.clear();
    requests[0]?.answer(page([1]));
    await settled();
    expect(cache.get(1)).toBeUndefined();
    cache.want([1]);
    expect(requests).toHaveLength(2);
  });

  test("asks again for a row that changed, also while it was on its way, and shows it as it was until then", async () => {
    const { requests, cache } = createHub();
    cache.want([1, 2]);
    cache.refresh([1]);
    requests[0]?.answer(page([1, 2]));
    await vi.waitFor(() => expect(requests[1]?.seqs).toEqual([1]), { timeout: 60_000 });
    expect(cache.get(1)?.size).toBe(10);
    requests[1]?.answer({ rows: [{ ...row(1), size: 20 }], last: 2 });
    await settled();
    expect(cache.get(1)?.size).toBe(20);
    expect(requests).toHaveLength(2);
  });

  test("asks for rows that changed all at once a moment later, or with the next that is new", async () => {
    const { requests, cache } = createHub();
    cache.want([1, 2]);
    requests[0]?.answer(page([1, 2]));
    await settled();
    cache.refresh([1]);
    cache.refresh([2]);
    expect(requests).toHaveLength(1);
    cache.want([1, 2, 3]);
    expect(requests[1]?.seqs).toEqual([1, 2, 3]);
    requests[1]?.answer(page([1, 2, 3]));
    await settled();
    expect(requests).toHaveLength(2);
  });

  test("does not ask for a changed row that nobody wants", () => {
    const { requests, cache } = createHub();
    cache.refresh([5]);
    expect(requests).toHaveLength(0);
  });
});
