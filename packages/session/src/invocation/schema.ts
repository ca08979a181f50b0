/**
 * The tables of the invocation model. `id` is the sequence number of the row's first message, so ids ascend in the
 * order in which things began and name a row for ever. Names and triggers of functions are in table `function`. `duration` is
 * in nanoseconds and NULL while there is no answer. A row of `startup_step` is all exchanges of one step of one worker; the call
 * itself is what "start" waits for, so it begins with the stream.
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
CREATE INDEX invocation_function ON invocation (stream, function_id, duration, status);
CREATE INDEX invocation_open ON invocation (stream) WHERE answered_seq IS NULL;

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
SELECT *, CASE
    WHEN failed > 0 THEN 'failed'
    WHEN step = 'terminate' AND ended_at IS NOT NULL THEN 'success'
    WHEN step <> 'terminate' AND answered = count THEN 'success'
    WHEN ended_at IS NOT NULL THEN 'lost'
    ELSE 'in-flight'
  END AS state,
  CASE WHEN answered = count AND answered_at >= started_at THEN answered_at - started_at END AS duration
FROM (
  SELECT w.stream AS stream, w.step AS step, min(w.id) AS id, min(w.started_seq) AS started_seq,
    ifnull(min(w.started_at), CASE w.step WHEN 'start' THEN s.opened_at END) AS started_at,
    max(w.answered_seq) AS answered_seq, max(w.answered_at) AS answered_at, count(*) AS count,
    count(w.answered_seq) AS answered, sum(ifnull(w.status = 0, 0)) AS failed, s.ended_at AS ended_at
  FROM worker_step w LEFT JOIN stream s ON s.id = w.stream
  WHERE w.step <> 'status' GROUP BY w.stream, w.step
);
`;
