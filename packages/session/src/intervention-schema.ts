/**
 * What the inspector did to messages and invocations; since version 2. A message that nothing was done to has no row. `flags`
 * are those of INTERVENTION_FLAGS, of which a message may have several: held, then replaced.
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

/** Bits of `intervention.flags`. */
export const INTERVENTION_FLAGS = { injected: 1, swallowed: 2, replaced: 4, held: 8, dropped: 16 } as const;

/** Condition on row `alias` of `message`: it has one of these flags. Looked up row by row, so it costs what is asked of few rows. */
export function hasFlags(alias: string, flags: number): string {
  return `EXISTS (SELECT 1 FROM intervention v WHERE v.seq = ${alias}.seq AND v.flags & ${flags})`;
}

/** Condition on row `alias` of `message`: the host or the worker never said it, or never heard it. */
export function besidesTraffic(alias: string): string {
  const { injected, swallowed } = INTERVENTION_FLAGS;
  return `(${hasFlags(alias, injected | swallowed)} OR ${ofReplay(`${alias}.invocation`)})`;
}

/** Condition: the invocation with this id is a replay. */
export function ofReplay(invocation: string): string {
  return `ifnull(${invocation} IN (SELECT invocation FROM replay), 0)`;
}
