/** How long a session's answers take: each asked three times, the median counts, and the first for what the page opens with. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { openSession } from "@inspector/hub/reader/open-session";
import { createTextIndexer } from "@inspector/hub/text/text-indexer";
import type { StartIndexing } from "@inspector/reader/session-text";

/** Filters that people write, in words that the generated session knows. */
const FILTERS = [
  "",
  "kind:invocation_request",
  "kind:rpc_log level:>=warning",
  "status:failed",
  "fn:place*",
  "fn:placeOrder status:failed",
  "dur:>5ms",
  "trigger:queue",
  "worker:python",
  "is:error",
  "is:inflight",
  "is:retried",
  "size:>400b",
  "-level:debug kind:rpc_log",
  "id:7f3c",
  "customer-1234",
  "warehouse",
  "pallet OR refund",
  "-warehouse",
  "/SKU-[0-9a-f]{3}7/",
];

export async function measureSession(file: string): Promise<void> {
  const open = performance.now();
  const session = openSession(file, { indexing: { start: indexAtOnce, state: { sessions: dirname(file) } } });
  report("open", performance.now() - open);
  await new Promise((done) => setImmediate(done));
  time("session", () => session.info());
  time("first rows", () => session.queries.messagesAfter(0, 200));
  time("rows in the middle", () => session.queries.messages(Array.from({ length: 200 }, (_, n) => 400_000 + n)));
  time("functions", () => session.functions());
  time("workers", () => session.workers());
  time("overview, whole", () => session.overview({ buckets: 1200 }));
  time("overview, a minute", () => session.overview({ from: 100e9, to: 160e9, buckets: 1200 }));
  time("overview, a second", () => session.overview({ from: 100e9, to: 101e9, buckets: 1200 }));
  time("seen values", () => session.seen());
  const last = session.queries.lastSeq();
  for (const text of FILTERS) {
    const parsed = parseFilter(text);
    if (!parsed.ok) {
      throw new Error(`${text}: ${parsed.message}`);
    }
    const condition = compileFilter(parsed.filter, { textSearch: session.text?.search(0) });
    const found = time(
      `messages  ${text || "(all)"}`,
      () => session.queries.column(condition, 0, 100_000, last).length,
    );
    const all = compileInvocationFilter(parsed.filter, { scope: "all", textSearch: session.text?.search(0) });
    const rows = time(`invocations  ${text || "(all)"}`, () => session.invocations.column(all, 0, 1_000_000).length);
    const few = compileInvocationFilter(parsed.filter, { scope: "few", textSearch: session.text?.search(last - 1000) });
    time(`  growth by 500 messages`, () =>
      session.invocations.sort(few, session.invocations.touched(last - 500, last)),
    );
    process.stdout.write(`  ${found} messages (at most 100000), ${rows} invocations\n`);
  }
  session.close();
}

/** Builds what is missing of the index before anything is measured. */
const indexAtOnce: StartIndexing = ({ session, index }, onMessage) => {
  const indexer = createTextIndexer(session, index);
  const began = performance.now();
  while (indexer.slice()) {}
  report(`index to message ${indexer.through}`, performance.now() - began);
  indexer.close();
  process.stdout.write(`  the index has ${(statSync(index).size / 1e6).toFixed(0)} MB\n`);
  setImmediate(() => onMessage({ type: "indexed" }));
  return { stop: () => {} };
};

function time<T>(name: string, work: () => T): T {
  const times: number[] = [];
  let result = work();
  for (let run = 0; run < 3; run += 1) {
    const began = performance.now();
    result = work();
    times.push(performance.now() - began);
  }
  report(name, times.sort((a, b) => a - b)[1] ?? 0);
  return result;
}

function report(name: string, milliseconds: number): void {
  process.stdout.write(`${milliseconds.toFixed(1).padStart(9)} ms  ${name}\n`);
}
