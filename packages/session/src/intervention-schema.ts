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
