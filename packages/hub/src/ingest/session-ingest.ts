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
import { createSizeLimit } from "../size-limit.ts";
import { createJournalIngest, type JournalIngest } from "./journal-ingest.ts";
import { listSegments } from "./journal-tail.ts";
import { journalsOf } from "./journals.ts";
import { createRelayLink, type RelayLink } from "./relay-link.ts";
import { createSharedMemoryCopies } from "./shared-memory-copies.ts";

/** Bytes of journal in one transaction. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** A relay that nothing has been heard of for so long, and that wrote nothing more, is dead. */
const DEAD_AFTER_MS = 2_000;

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
  /** Runs one batch. @returns whether there was anything to do. Throws what SQLite throws; make a new one then. */
  step(): boolean;
  readonly progress: IngestProgress;
  close(): void;
};

export function createSessionIngest({ database, file, journals, version, maxBytes }: IngestOptions): SessionIngest {
  const meta = prepareForWriting(database, file, () => ({
    id: randomUUID(),
    startedAt: journalsOf(journals, file)[0]?.startedAt ?? Date.now(),
    version,
  }));
  const writer: Writer = createWriter(database);
  const limit = maxBytes === undefined ? undefined : createSizeLimit(database, maxBytes);
  const sources = new Map<string, Source>();
  const copies = createSharedMemoryCopies(writer, (path) =>
    [...sources.values()].some(({ links }) => links.includes(dirname(path))),
  );
  let marked: readonly Seq[] = [];
  let hasLooked = false;
  let lookAt = 0;

  function look(): void {
    if (Date.now() < lookAt) {
      return;
    }
    lookAt = Date.now() + 200;
    for (const { name, directory, control, links } of journalsOf(journals, file)) {
      if (sources.has(name)) {
        continue;
      }
      const ingest = inTransaction(database, () => createJournalIngest(writer, directory, name, meta.startedAt));
      sources.set(name, { name, directory, control, links, link: createRelayLink(control), ingest, sweptLink: 0 });
    }
    hasLooked = true;
  }

  function finish({ name, directory, control, links, link, ingest }: Source): void {
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
      look();
      let read = 0;
      let isCopying = false;
      const before = writer.lastSeq;
      inTransaction(database, () => {
        for (const { ingest } of sources.values()) {
          const bytes = ingest.step(BATCH_BYTES);
          if (bytes > 0) {
            ingest.save();
          }
          read += bytes;
        }
        isCopying = copies.step(BATCH_BYTES);
        if (read > 0 || isCopying) {
          writer.finishBatch();
        }
      });
      copies.committed();
      for (const source of [...sources.values()]) {
        source.link.committed(source.ingest.position.segment - 1);
        if (isCopying) {
          continue;
        }
        sweep(source);
        if (source.ingest.isEnded) {
          finish(source);
        } else if (read === 0 && source.link.silentFor > DEAD_AFTER_MS) {
          inTransaction(database, () => source.ingest.abandon());
          finish(source);
        }
      }
      marked = writer.takeMarked().filter((seq) => seq <= before);
      if (read > 0 || isCopying) {
        limit?.enforce();
      }
      return read > 0 || isCopying;
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
