/**
 * Brings every journal of one session into it, batch by batch: one transaction holds the rows and the state from which
 * the next batch goes on, so that at whatever moment this process dies nothing is lost and nothing stands twice.
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Seq } from "@inspector/contract/page";
import { removeControlSocket } from "@inspector/relay/control";
import { SEGMENT_BYTES } from "@inspector/relay/segments";
import { removeLinks, removeLinksUpTo } from "@inspector/relay/shared-memory/folders";
import { type Database, inTransaction } from "@inspector/session/database";
import { prepareForWriting } from "@inspector/session/open-session";
import { createWriter, type Writer } from "@inspector/session/writer";
import { budgetsOf, createSizeLimit, storedLimit } from "../size-limit.ts";
import { foldLog, idInFile } from "../sqlite.ts";
import { JournalIngest } from "./journal-ingest.ts";
import { listSegments } from "./journal-tail.ts";
import { journalsOf } from "./journals.ts";
import { type Reached, RecordFaults } from "./record-fault.ts";
import { createRelayLink, type RelayLink } from "./relay-link.ts";
import { SessionWatch } from "./session-watch.ts";
import { createSharedMemoryCopies } from "./shared-memory-copies.ts";

/** Bytes of journal in one transaction. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** While a fault is looked for: few enough that it is found soon. */
const CAREFUL_BATCH_BYTES = 64 * 1024;
/** How often new journals are looked for. */
const LOOK_MS = 200;
/** So long after a relay is known to be gone a read that finds nothing has looked for its last segment, too. */
const DEAD_AFTER_MS = 500;

export type IngestOptions = {
  readonly database: Database;
  readonly file: string;
  /** Folder in which every running relay has a folder for its journal. */
  readonly journals: string;
  readonly version: string;
  readonly maxBytes: number | undefined;
};

export type IngestProgress = {
  readonly last: Seq;
  /** Messages of earlier batches of which the newest one says that the inspector did something to them. */
  readonly marked: readonly Seq[];
  /** Bytes of journal that are still to be read. */
  readonly behind: number;
  /** Why nothing can be recorded right now, where a relay says so. */
  readonly fault: string | undefined;
  /** No journal of this session is left to read and no relay writes one. */
  readonly isDrained: boolean;
};

type Source = {
  readonly name: string;
  readonly directory: string;
  readonly control: string;
  readonly links: readonly string[];
  readonly link: RelayLink;
  readonly ingest: JournalIngest;
  /** Links up to this number are gone. */
  sweptLink: number;
};

export type SessionIngest = {
  /**
   * Runs one batch. A fault in a record costs its connection the recording, and is passed over.
   * @returns whether there was anything to do
   * @throws {SessionLost} when the session's name does not lead to it any more; nothing that was read is given up then
   * @throws what SQLite throws: make a new one then
   */
  step(): boolean;
  /** The last batch was full: there is more, and nothing to wait for. */
  readonly isBehind: boolean;
  readonly progress: IngestProgress;
  close(): void;
};

export function createSessionIngest(options: IngestOptions): SessionIngest {
  const faults = new RecordFaults();
  let run = createRun(options, faults);
  return {
    step() {
      try {
        return run.step();
      } catch (error) {
        if (!faults.note(error, run.reached())) {
          throw error;
        }
        // What is in memory is unlike what is stored: go on from that.
        run.close();
        run = createRun(options, faults);
        return true;
      }
    },
    get isBehind() {
      return run.isBehind;
    },
    get progress() {
      return run.progress;
    },
    close: () => run.close(),
  };
}

type Run = SessionIngest & {
  /** Where every journal was read up to. */
  reached(): readonly Reached[];
};

/** Lives until something throws. */
function createRun({ database, file, journals, version, maxBytes }: IngestOptions, faults: RecordFaults): Run {
  const meta = prepareForWriting(database, file, () => ({
    id: randomUUID(),
    startedAt: journalsOf(journals, file)[0]?.startedAt ?? Date.now(),
    version,
  }));
  if (idInFile(file) !== meta.id) {
    // It was just made, and stands in its log only.
    foldLog(database);
  }
  const watch = new SessionWatch(file, meta.id);
  const writer: Writer = createWriter(database);
  const budgets = maxBytes === undefined ? undefined : budgetsOf(maxBytes);
  const limit = budgets && createSizeLimit(database, file, writer, budgets);
  const batchBytes = budgets?.batch ?? BATCH_BYTES;
  if (storedLimit(database) !== maxBytes) {
    inTransaction(database, () => writer.setValue("max_bytes", String(maxBytes ?? 0)));
  }
  const sources = new Map<string, Source>();
  const copies = createSharedMemoryCopies(writer, (path) =>
    [...sources.values()].some(({ links }) => links.includes(dirname(path))),
  );
  let marked: readonly Seq[] = [];
  let isBehind = false;
  let hasLooked = false;
  let lookAt = 0;

  function look(): void {
    if (performance.now() < lookAt) {
      return;
    }
    lookAt = performance.now() + LOOK_MS;
    for (const { name, directory, control, process, links } of journalsOf(journals, file)) {
      if (sources.has(name)) {
        continue;
      }
      const { isCareful } = faults;
      const options = { startedAt: meta.startedAt, faults: faults.of(name), isCareful };
      const ingest = inTransaction(database, () => new JournalIngest(writer, { name, directory }, options));
      const link = createRelayLink(control, process);
      sources.set(name, { name, directory, control, links, link, ingest, sweptLink: 0 });
    }
    hasLooked = true;
  }

  /** The journal goes, now that all of it is in a session that is there. */
  function finish({ name, directory, control, links, link, ingest }: Source): void {
    watch.assertPresent();
    link.close();
    ingest.close();
    sources.delete(name);
    removeLinks(links);
    removeControlSocket(directory, control);
    rmSync(directory, { recursive: true, force: true });
  }

  /** Links that no row names, since what was recorded of them is lost, would keep memory in use. */
  function sweep(source: Source): void {
    const { lastLink } = source.ingest;
    if (lastLink > source.sweptLink) {
      removeLinksUpTo(source.links, lastLink);
    }
    source.sweptLink = lastLink;
  }

  return {
    step() {
      watch.assertPresent();
      look();
      const dead = new Set([...sources.values()].filter(({ link }) => link.goneFor > DEAD_AFTER_MS));
      const budget = faults.isCareful ? CAREFUL_BATCH_BYTES : batchBytes;
      let read = 0;
      let isCopying = false;
      const before = writer.lastSeq;
      inTransaction(database, () => {
        limit?.makeRoom();
        for (const { ingest } of sources.values()) {
          const bytes = ingest.step(budget);
          if (bytes > 0) {
            ingest.save();
          }
          read += bytes;
        }
        isCopying = copies.step(batchBytes);
        if (read > 0 || isCopying) {
          writer.finishBatch();
        }
      });
      if (read > 0 || isCopying) {
        watch.assertPresent();
      }
      copies.committed();
      for (const { name, ingest } of sources.values()) {
        faults.committed(name, ingest.position.seq);
      }
      for (const source of [...sources.values()]) {
        source.link.committed(source.ingest.position.segment - 1);
        if (isCopying) {
          continue;
        }
        sweep(source);
        if (source.ingest.isEnded) {
          finish(source);
        } else if (read === 0 && dead.has(source)) {
          inTransaction(database, () => source.ingest.abandon());
          finish(source);
        }
      }
      isBehind = read >= budget || isCopying;
      marked = writer.takeMarked().filter((seq) => seq <= before);
      limit?.trimLog();
      return read > 0 || isCopying;
    },
    get isBehind() {
      return isBehind;
    },
    get progress() {
      const all = [...sources.values()];
      return {
        last: writer.lastSeq,
        marked,
        behind: all.reduce((sum, source) => sum + behindOf(source), 0),
        fault: all.map(({ link }) => link.state?.gap?.reason).find((reason) => reason !== undefined),
        isDrained: hasLooked && all.length === 0,
      };
    },
    reached: () => [...sources.values()].map(({ name, ingest }) => ({ journal: name, seq: ingest.position.seq })),
    close() {
      for (const { link, ingest } of sources.values()) {
        link.close();
        ingest.close();
      }
    },
  };
}

/** What the relay last said may be older than what it has written since, which the segments that are there tell. */
function behindOf({ directory, link, ingest }: Source): number {
  const { position } = ingest;
  const newest = Math.max(position.segment, ...listSegments(directory));
  const whole = (newest - position.segment) * SEGMENT_BYTES;
  const said =
    link.state === undefined ? 0 : (link.state.segment - position.segment) * SEGMENT_BYTES + link.state.offset;
  return Math.max(whole, said, position.offset) - position.offset;
}
