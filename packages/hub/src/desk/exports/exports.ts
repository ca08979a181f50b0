/** Exports of the page: each is prepared by a process of its own, and kept as long as somebody asks about it. */
import { randomBytes } from "node:crypto";
import { createReadStream, readdirSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import {
  EXPORT_FORMATS,
  EXPORT_KEPT_MS,
  type ExportState,
  type ExportTicket,
  type ExportWish,
} from "@inspector/contract/export";
import { InspectorError } from "@inspector/contract/inspector-error";
import { ownValue } from "@inspector/contract/own-value";
import { hasProcess } from "@inspector/relay/process-identity";
import { type ExportJob, exportedFile, type FromExport } from "../../export/export-lines.ts";
import type { RunningExport, StartExport } from "./start-export.ts";

/** Exports at a time, of all pages together. */
const MAX_EXPORTS = 3;
const LOOK_MS = 5_000;
/** A page in sight asks every two seconds: of one that has not for so long, the export makes room for another. */
const ABANDONED_MS = 10_000;
/** A ticket is for the click that asked for it. */
const TICKET_MS = 60_000;
/** Folders are hidden, and named by the process whose they are. */
const FOLDER = /^\.export-(\d+)-[0-9a-f]+$/u;

type Prepared = {
  readonly name: string;
  readonly folder: string;
  running: RunningExport | undefined;
  told: FromExport;
  /** Of the monotonic clock, in ms. */
  askedAt: number;
  taken: number;
  downloads: number;
};

type Ticket = { readonly id: string; readonly until: number };

export type ExportsOptions = Pick<ExportJob, "file" | "state" | "by"> & { readonly start: StartExport };

/**
 * An export is preparing -> ready, or failed; it is gone when it is given up, by `cancel` or because nobody asks about it any more. Its
 * folder goes with it. What a hub that was killed has left there is taken away by the next one.
 */
export class Exports {
  readonly #options: ExportsOptions;
  readonly #exports = new Map<string, Prepared>();
  readonly #tickets = new Map<string, Ticket>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ExportsOptions) {
    this.#options = options;
    removeLeftBehind(options.state.sessions);
    this.#timer = setInterval(() => this.#giveUpForgotten(EXPORT_KEPT_MS), LOOK_MS);
    this.#timer.unref();
  }

  /** @param session its key. @throws {InspectorError} "too-many" */
  create(wish: ExportWish, session: string): ExportState {
    const count = (): number => [...this.#exports.values()].filter(({ told }) => told.type !== "failed").length;
    if (count() >= MAX_EXPORTS) {
      this.#giveUpForgotten(ABANDONED_MS);
    }
    if (count() >= MAX_EXPORTS) {
      throw new InspectorError("too-many", `${MAX_EXPORTS} exports are being prepared already`, {
        hint: "Close the dialog in another tab, or try again in a minute.",
      });
    }
    const { start, file, state, by } = this.#options;
    const id = randomBytes(16).toString("hex");
    const folder = join(state.sessions, `.export-${process.pid}-${id}`);
    const prepared: Prepared = {
      name: nameOf(wish, session === "" ? file : session),
      folder,
      running: undefined,
      told: { type: "progress", step: wish.policy === "none" ? "copy" : "learn", part: 0 },
      askedAt: performance.now(),
      taken: 0,
      downloads: 0,
    };
    this.#exports.set(id, prepared);
    prepared.running = start(
      { wish, file, state, session, folder, by },
      {
        onMessage(message) {
          prepared.told = message;
        },
        onEnded(reason) {
          if (prepared.told.type === "progress") {
            prepared.told = { type: "failed", error: endedEarly(reason) };
          }
          if (prepared.told.type === "failed") {
            rmSync(folder, { recursive: true, force: true });
          }
        },
      },
    );
    return this.state(id);
  }

  /** @throws {InspectorError} "no-such-export" */
  state(id: string): ExportState {
    const prepared = this.#find(id);
    prepared.askedAt = performance.now();
    const { name, told, taken } = prepared;
    switch (told.type) {
      case "progress":
        return { id, name, phase: "preparing", step: told.step, part: told.part };
      case "ready":
        return { id, name, phase: "ready", facts: told.facts, taken };
      case "failed":
        return { id, name, phase: "failed", error: told.error };
    }
  }

  /** @throws {InspectorError} "no-such-export" where it is not ready, too */
  ticket(id: string): ExportTicket {
    const prepared = this.#find(id);
    if (prepared.told.type !== "ready") {
      throw noExport();
    }
    const ticket = randomBytes(16).toString("hex");
    this.#tickets.set(ticket, { id, until: performance.now() + TICKET_MS });
    prepared.taken = 0;
    return { href: `/api/exports/download/${ticket}` };
  }

  /** Gives the whole file; a connection that breaks is one whose length was not reached. @throws {InspectorError} "no-such-export" */
  async download(ticket: string, response: ServerResponse): Promise<void> {
    const found = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (found === undefined || found.until < performance.now()) {
      throw noExport();
    }
    const prepared = this.#find(found.id);
    if (prepared.told.type !== "ready") {
      throw noExport();
    }
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": prepared.told.facts.size,
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(prepared.name)}`,
      "cache-control": "no-store",
    });
    prepared.downloads += 1;
    const file = createReadStream(exportedFile(prepared.folder));
    file.on("data", (chunk) => {
      prepared.taken += chunk.length;
    });
    try {
      await pipeline(file, response);
    } catch {
      response.destroy();
    } finally {
      prepared.downloads -= 1;
      prepared.askedAt = performance.now();
    }
  }

  /** @throws {InspectorError} "no-such-export" */
  async cancel(id: string): Promise<void> {
    const prepared = this.#find(id);
    this.#exports.delete(id);
    await prepared.running?.stop();
    rmSync(prepared.folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#exports.keys()].map((id) => this.cancel(id)));
  }

  #find(id: string): Prepared {
    const prepared = this.#exports.get(id);
    if (prepared === undefined) {
      throw noExport();
    }
    return prepared;
  }

  #giveUpForgotten(keptMs: number): void {
    const now = performance.now();
    for (const [ticket, { until }] of this.#tickets) {
      if (until < now) {
        this.#tickets.delete(ticket);
      }
    }
    for (const [id, { askedAt, downloads }] of this.#exports) {
      if (downloads === 0 && now - askedAt > keptMs) {
        void this.cancel(id);
      }
    }
  }
}

function nameOf({ format, isCompressed }: ExportWish, session: string): string {
  const stem =
    session
      .split(/[/\\]/u)
      .at(-1)
      ?.replace(/\.inspector$/u, "") ?? "session";
  return `${stem}${ownValue(EXPORT_FORMATS, format)?.suffix ?? ""}${isCompressed ? ".gz" : ""}`;
}

function noExport(): InspectorError {
  return new InspectorError("no-such-export", "This export is not there any more", {
    hint: "It is given up when nobody asks about it, and when the inspector ends. Prepare it again.",
  });
}

function endedEarly(reason: string): Extract<FromExport, { type: "failed" }>["error"] {
  return {
    code: "export-failed",
    message: `The export's process ended before it was done (${reason})`,
    hint: "It may have had too little memory. Nothing was written; a part of the session, by filter, takes less.",
  };
}

function removeLeftBehind(sessions: string): void {
  for (const name of readdirSync(sessions)) {
    const pid = Number(FOLDER.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isNaN(pid) && !hasProcess(pid)) {
      rmSync(join(sessions, name), { recursive: true, force: true });
    }
  }
}
