/** Bits that rows of `message` and `intervention` carry, and the conditions on them that filters and queries share. */

/** Bits of `message.flags`. */
export const FLAG_COMPRESSED = 1;
export const FLAG_TRUNCATED = 2;
/** A strict parser refuses it, as far as that was looked at: since inspector 0.2, and not in what was compressed and could not be opened. */
export const FLAG_DAMAGED = 4;
/** A log of the worker's own: its RpcLog.log_category is System. Since inspector 0.2. */
export const FLAG_SYSTEM_LOG = 8;

/** What `message.flags` says of a log. @param logCategory RpcLog.log_category; absent of all other messages */
export function logFlags(logCategory: number | undefined): number {
  return logCategory === SYSTEM ? FLAG_SYSTEM_LOG : 0;
}

/** RpcLog.RpcLogCategory */
const SYSTEM = 1;

/** On row `m` of `message`: its bytes are those of the message, whole and as they were before compression. */
export const IS_PLAIN = `NOT m.flags & ${FLAG_COMPRESSED | FLAG_TRUNCATED}`;

/** Bits of `intervention.flags`; a message may have several: held, then replaced. */
export const INTERVENTION_FLAGS = { injected: 1, swallowed: 2, replaced: 4, held: 8, dropped: 16 } as const;

/** Condition on row `alias` of `message`: it has one of these flags. SQLite looks it up row by row, so few rows cost little. */
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
