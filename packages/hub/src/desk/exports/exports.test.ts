import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExportState, ExportTicket, ExportWish } from "@inspector/contract/export";
import { decodeMessage, messageToJson } from "@inspector/proto";
import { createQueries } from "@inspector/session/queries";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSession } from "../../../testing/recorded-session.ts";
import { type Folder, makeFolder, type ServedSessions, serve } from "../../../testing/served-sessions.ts";
import { countsOf } from "../../export/export-facts.ts";
import { createReadPayload } from "../../payload.ts";
import { openForReading } from "../../sqlite.ts";
import type { StartExport } from "./start-export.ts";

let folder: Folder;
let served: ServedSessions;

const ALL: ExportWish = {
  format: "inspector",
  isCompressed: false,
  policy: "safe",
  own: [],
  dropsBodies: false,
  dropsOutput: false,
  filter: "",
  invocations: "",
};

beforeAll(async () => {
  folder = makeFolder();
  for (const name of ["a", "b"]) {
    const writing = writeSession(folder.file(name));
    writing.addRecording(name === "a" ? "node/startup-and-invocations" : "node/small-chunks");
    writing.batch((writer) => {
      const { id } = writer.relay("processes", { segment: 0, offset: 0, seq: 0 });
      writer.event(1e9, id, undefined, 2, "process-output", { workerId: "w", text: "said by ada@example.org" });
    });
    writing.close();
  }
  served = await serve(folder, folder.file("a"));
});

afterAll(async () => {
  await served.close();
  folder.remove();
});

function exportFolders(): string[] {
  return readdirSync(folder.sessions).filter((name) => name.startsWith(".export"));
}

async function prepare(wish: Partial<ExportWish>, query = ""): Promise<ExportState> {
  const created = await served.change("POST", `/api/exports${query}`, { ...ALL, ...wish });
  expect(created.status).toBe(201);
  const { id } = created.json as ExportState;
  const ask = async () => (await served.ask(`/api/exports/${id}`)).json as ExportState;
  await expect.poll(async () => (await ask()).phase, { timeout: 60_000 }).not.toBe("preparing");
  return await ask();
}

async function ready(wish: Partial<ExportWish>, query = "") {
  const state = await prepare(wish, query);
  return state.phase === "ready" ? state : expect.fail(JSON.stringify(state));
}

async function ticketFor(id: string): Promise<string> {
  const { json } = await served.change("POST", `/api/exports/${id}/ticket`);
  return (json as ExportTicket).href;
}

async function take(wish: Partial<ExportWish>, query = "") {
  const state = await ready(wish, query);
  const { body } = await served.askRaw(await ticketFor(state.id));
  expect((await served.change("DELETE", `/api/exports/${state.id}`)).status).toBe(204);
  const file = join(folder.root, `${state.id}.inspector`);
  writeFileSync(file, body);
  return { ...state, body, file };
}

/** A body that is not empty. */
const BODY = /"body":\{"(?:string|json|bytes)":"[^"]/u;

function jsonOf(file: string): string {
  const database = openForReading(file);
  const queries = createQueries(database);
  const payload = createReadPayload(queries);
  const json = queries.column(undefined, 0, Number.MAX_SAFE_INTEGER).map((seq) => {
    const decoded = decodeMessage(payload(seq) ?? new Uint8Array());
    return decoded.ok ? JSON.stringify(messageToJson(decoded.message)) : "";
  });
  database.close();
  return json.join("\n");
}

describe("an export that the page prepared", () => {
  test("is the file that it tells of: as large, and with as much of each kind", async () => {
    const { facts, file, body } = await take({});
    const database = openForReading(file);
    expect(facts.size).toBe(body.length);
    expect(facts.leaves).toEqual(countsOf(database));
    expect(facts.leaves).toEqual(facts.of);
    expect(facts.units).toBe(facts.leaves.messages);
    expect(createQueries(database).session(file).redaction).toEqual({ policy: "safe", by: "test" });
    database.close();
  });

  test("names places at which a placeholder stands, and counts each reason", async () => {
    const { facts, file } = await take({ own: ["hello"] });
    const database = openForReading(file);
    const payload = createReadPayload(createQueries(database));
    const places = (facts.replaced ?? []).flatMap((one) => one.places.map((place) => ({ ...one, place })));
    const messages = places.filter(({ place, fieldClass }) => place.type === "message" && fieldClass !== "body");
    expect(messages.length).toBeGreaterThan(10);
    for (const { place } of messages) {
      const bytes = place.type === "message" ? payload(place.seq) : undefined;
      expect(Buffer.from(bytes ?? []).toString()).toMatch(/‹secret-\d+:|\b0\b|4oC5c2VjcmV0/u);
    }
    const whys = new Set(facts.replaced?.map(({ why }) => why));
    expect([...whys].sort()).toEqual(["elsewhere", "field", "form", "own"]);
    expect(places).toContainEqual(
      expect.objectContaining({ what: "email", place: { type: "event", event: "process-output" } }),
    );
    database.close();
  });

  test("leaves out what is asked for: functions, a window, output, bodies", async () => {
    const whole = await take({});
    const all = whole.facts.leaves;
    const without = (await take({ filter: "-fn:httpGet", dropsOutput: true })).facts.leaves;
    expect(without.invocations).toBeLessThan(all.invocations);
    expect(without.output).toBe(0);
    const failed = (await take({ invocations: "status:failed" })).facts.leaves;
    expect(failed.invocations).toBeGreaterThan(0);
    expect(failed.invocations).toBeLessThan(all.invocations);
    expect(failed.messages).toBeGreaterThanOrEqual(2 * failed.invocations);
    const empty = await take({ dropsBodies: true });
    expect(empty.facts.leaves).toEqual(all);
    expect(jsonOf(whole.file)).toMatch(BODY);
    expect(jsonOf(empty.file)).not.toMatch(BODY);
  });

  test("is of another session where that is asked for, and says so where nothing was replaced", async () => {
    const { facts, file, name } = await take({ policy: "none" }, "?session=b");
    expect(name).toBe("b.inspector");
    expect(facts).not.toHaveProperty("replaced");
    const database = openForReading(file);
    expect(createQueries(database).session(file).redaction?.policy).toBe("none");
    database.close();
  });

  test("is told of where it cannot be made", async () => {
    expect(await prepare({ filter: "fn:(" })).toMatchObject({ phase: "failed", error: { code: "bad-filter" } });
    expect(await prepare({ own: ["/(/"] })).toMatchObject({ phase: "failed", error: { code: "bad-option" } });
    const refused = await served.change("POST", "/api/exports", { ...ALL, format: "exe" });
    expect(refused).toMatchObject({ status: 400, json: { error: { code: "bad-format" } } });
  });
});

describe("the way to the file", () => {
  test("is open to whoever has the ticket, once, and to nobody else", async () => {
    const { id, name } = await ready({ isCompressed: true }, "?session=b");
    const href = await ticketFor(id);
    expect((await served.askRaw(`/api/exports/${id}`)).status).toBe(403);
    expect((await served.askRaw(href, { headers: { host: "evil.example" } })).status).toBe(403);
    const first = await served.askRaw(href);
    expect(first).toMatchObject({
      status: 200,
      headers: { "content-disposition": `attachment; filename*=UTF-8''${name}` },
    });
    expect(first.body.length).toBe(Number(first.headers["content-length"]));
    expect((await served.askRaw(href)).status).toBe(404);
    expect((await served.askRaw("/api/exports/download/0")).status).toBe(404);
    await served.change("DELETE", `/api/exports/${id}`);
    expect((await served.ask(`/api/exports/${id}`)).status).toBe(404);
    expect(exportFolders()).toEqual([]);
  });

  test("is closed for a while where too many are being prepared", async () => {
    const states = [await ready({}, "?session=b"), await ready({}, "?session=b"), await ready({}, "?session=b")];
    expect(await served.change("POST", "/api/exports", ALL)).toMatchObject({
      status: 409,
      json: { error: { code: "too-many" } },
    });
    for (const { id } of states) {
      await served.change("DELETE", `/api/exports/${id}`);
    }
  });
});

test("a process that ends early is told of, and what another hub has left behind is taken away", async () => {
  writeFileSync(join(folder.sessions, ".export-999999999-00"), "");
  const dies: StartExport = (_job, { onEnded }) => {
    setImmediate(() => onEnded("SIGKILL"));
    return { stop: async () => {} };
  };
  const other = await serve(folder, folder.file("a"), { startExport: dies });
  expect(exportFolders()).toEqual([]);
  const { id } = (await other.change("POST", "/api/exports", ALL)).json as ExportState;
  await expect
    .poll(async () => (await other.ask(`/api/exports/${id}`)).json, { timeout: 60_000 })
    .toMatchObject({ phase: "failed", error: { code: "export-failed", message: expect.stringContaining("SIGKILL") } });
  await other.close();
});
