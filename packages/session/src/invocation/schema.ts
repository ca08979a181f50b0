/**
 * The tables of the invocation model. `id` is the sequence number of the row's first message, so ids ascend in the
 * order in which things began and name a row for ever. Names and triggers of functions are in table `function`. `duration` is
 * in nanoseconds and NULL while there is no answer.
 */
export const INVOCATION_SCHEMA = `
CREATE TABLE invocation (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES stream(id),
  invocation_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  function_id TEXT,
  started_seq INTEGER,
  started_at INTEGER,
  answered_seq INTEGER,
  answered_at INTEGER,
  status INTEGER,
  text TEXT,
  result TEXT,
  extra_answers INTEGER NOT NULL,
  request_size INTEGER,
  response_size INTEGER,
  retry_count INTEGER,
  cancel_seq INTEGER,
  cancel_at INTEGER,
  logs INTEGER NOT NULL,
  error_logs INTEGER NOT NULL,
  late_logs INTEGER NOT NULL,
  is_overlapping INTEGER NOT NULL,
  duration INTEGER AS (CASE WHEN answered_at >= started_at THEN answered_at - started_at END) VIRTUAL
);

CREATE UNIQUE INDEX invocation_attempt ON invocation (invocation_id, stream, attempt);

CREATE TABLE worker_step (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES stream(id),
  step TEXT NOT NULL,
  subject TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  started_seq INTEGER,
  started_at INTEGER,
  answered_seq INTEGER,
  answered_at INTEGER,
  status INTEGER,
  text TEXT,
  result TEXT,
  extra_answers INTEGER NOT NULL,
  duration INTEGER AS (CASE WHEN answered_at >= started_at THEN answered_at - started_at END) VIRTUAL
);

CREATE UNIQUE INDEX worker_step_attempt ON worker_step (stream, step, subject, attempt);

CREATE VIEW startup_step AS
SELECT stream, step, min(id) AS id, min(started_seq) AS started_seq, min(started_at) AS started_at,
  max(answered_seq) AS answered_seq, max(answered_at) AS answered_at, count(*) AS count,
  count(answered_seq) AS answered, sum(ifnull(status = 0, 0)) AS failed
FROM worker_step WHERE step NOT IN ('status', 'terminate') GROUP BY stream, step;
`;
