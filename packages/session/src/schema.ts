import { DENSITY_SCHEMA } from "./density.ts";
import { HOST_DIALLED_SCHEMA } from "./host-dialled.ts";
import { HTTP_LEG_SCHEMA } from "./http-legs.ts";
import { HOLD_SCHEMA, INTERVENTION_SCHEMA } from "./intervention-schema.ts";
import { INVOCATION_SCHEMA } from "./invocation/schema.ts";
import { JOINED_STREAM_SCHEMA } from "./joined-streams.ts";
import { SHARED_MEMORY_SCHEMA } from "./shared-memory.ts";

/**
 * The session file: one SQLite database, readable by any SQLite tool.
 *
 * `message.at`, `event.at` and the like are nanoseconds since the session began (`session.started_at`, milliseconds
 * since the Unix epoch). `side` is 0 for the host, 1 for the worker and 2 for the relay itself. `kind` is the field
 * number of the content in StreamingMessage, 0 for none, -1 for bytes that are no StreamingMessage and -2 for messages
 * of another service. `status` and `level` are the contract's enum numbers. `seen` lists the numbers of the kinds ("kind") and
 * the categories of logs ("category") that occur.
 */
export const SCHEMA_VERSION = 7;

/** What `connection.reason` begins with where a fault of the inspector itself ended the recording of a connection. */
export const FAULT_REASON = "the inspector could not record it any further";

/** "FnRS" in ASCII: `PRAGMA application_id` of every session file. */
export const APPLICATION_ID = 0x466e5253;

const SCHEMA_V1 = `
CREATE TABLE session (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE relay (
  id INTEGER PRIMARY KEY,
  journal TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  listen TEXT,
  upstream TEXT,
  position INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  ended_at INTEGER
);

CREATE TABLE connection (
  id INTEGER PRIMARY KEY,
  relay INTEGER NOT NULL REFERENCES relay(id),
  number INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  protocol TEXT NOT NULL DEFAULT 'unknown',
  reason TEXT,
  end TEXT,
  state BLOB,
  UNIQUE (relay, number)
);

CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  connection INTEGER NOT NULL REFERENCES connection(id),
  number INTEGER NOT NULL,
  path TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  ended_at INTEGER,
  end TEXT,
  worker_id TEXT,
  runtime TEXT,
  runtime_version TEXT,
  phase TEXT NOT NULL DEFAULT 'connected',
  messages INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  headers TEXT
);

CREATE TABLE message (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  stream INTEGER NOT NULL REFERENCES stream(id),
  side INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  size INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  body INTEGER NOT NULL,
  invocation INTEGER,
  request_id TEXT,
  invocation_id TEXT,
  function_id TEXT,
  status INTEGER,
  level INTEGER,
  category TEXT,
  text TEXT
);

CREATE INDEX message_invocation ON message (invocation) WHERE invocation IS NOT NULL;

CREATE TABLE body (
  id INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
);

CREATE TABLE function (
  stream INTEGER NOT NULL REFERENCES stream(id),
  function_id TEXT NOT NULL,
  name TEXT NOT NULL,
  trigger TEXT,
  PRIMARY KEY (stream, function_id)
) WITHOUT ROWID;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  relay INTEGER NOT NULL REFERENCES relay(id),
  connection INTEGER,
  side INTEGER NOT NULL,
  type TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE TABLE seen (
  what TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (what, value)
) WITHOUT ROWID;
${INVOCATION_SCHEMA}${DENSITY_SCHEMA}`;

/** One row for every small message cost more than all that is read of it. Since version 4. */
const PACK_SCHEMA = `
CREATE TABLE pack (
  id INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
);
`;

/** What each version has more than the one before it, from version 1 on: tables only. */
const STEPS = [
  SCHEMA_V1,
  INTERVENTION_SCHEMA + HTTP_LEG_SCHEMA,
  SHARED_MEMORY_SCHEMA,
  PACK_SCHEMA,
  HOLD_SCHEMA,
  HOST_DIALLED_SCHEMA,
  JOINED_STREAM_SCHEMA,
];

/** The schema of a version, word by word. */
export function schemaOf(version: number): string {
  return STEPS.slice(0, version).join("");
}

/** What a session of a version lacks. */
export function schemaSince(version: number): string {
  return STEPS.slice(version).join("");
}

export const SCHEMA = schemaOf(SCHEMA_VERSION);
