/**
 * What the inspector did to messages and invocations; since version 2. A message that nothing was done to has no row. `flags`
 * are those of INTERVENTION_FLAGS in packages/filter.
 */
export const INTERVENTION_SCHEMA = `
CREATE TABLE intervention (
  seq INTEGER PRIMARY KEY,
  flags INTEGER NOT NULL
);

CREATE TABLE replay (
  invocation INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  n INTEGER NOT NULL,
  is_edited INTEGER NOT NULL
);
`;

/**
 * For how long the inspector kept a message from going on; since version 5. From the message's arrival `to_at`, which is NULL while
 * it is held, and where its end was not recorded. `went_on` is 0 for one that never reached its receiver. `is_request` says that
 * `invocation` began with it: the worker's time runs from its end.
 */
export const HOLD_SCHEMA = `
CREATE TABLE hold (
  seq INTEGER PRIMARY KEY,
  invocation INTEGER,
  is_request INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER,
  went_on INTEGER,
  UNIQUE (invocation, seq)
);
`;
