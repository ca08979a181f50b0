/** Compares a session, as `inspector export` tells it, with what the peers said. */
import { type Exported, readExport } from "../inspector-process.ts";
import { MessageHash } from "./ledger.ts";
import type { StreamFacts } from "./peer-process.ts";
import { decode, isHostsOwn, markOf } from "./said.ts";

export type Sides = Readonly<Record<"host" | "worker", readonly StreamFacts[]>>;

export type Recorded = { readonly messages: number; readonly bytes: number; readonly faults: readonly string[] };

/** Every message is there once, in the order in which its side said it, byte for byte. */
export async function compareAll(session: string, state: string, sides: Sides): Promise<Recorded> {
  const hashes = new Map<string, MessageHash>();
  const replays = new Map<string, number>();
  const total = await each(session, state, (one, bytes) => {
    const key = `${one.from} of ${one.worker}`;
    if (isReplay(one)) {
      replays.set(one.worker, (replays.get(one.worker) ?? 0) + (isRequest(one) ? 1 : 0));
    } else {
      hashOf(hashes, key).add(bytes);
    }
  });
  const faults: string[] = [];
  for (const side of ["host", "worker"] as const) {
    for (const facts of sides[side]) {
      faults.push(...differences(`${side} of ${facts.worker}`, facts, hashOf(hashes, `${side} of ${facts.worker}`)));
    }
  }
  for (const { worker, replays: heard } of sides.worker) {
    const recorded = replays.get(worker) ?? 0;
    if (recorded !== heard) {
      faults.push(`${worker} was sent ${heard} replays, of which ${recorded} are recorded`);
    }
  }
  return { ...total, faults };
}

/** What is there was said, is there once, and in order: some of it went by while the disk was full. */
export async function compareSome(session: string, state: string): Promise<Recorded> {
  const last = new Map<string, number>();
  const faults: string[] = [];
  const total = await each(session, state, (one, bytes) => {
    if (one.message === null) {
      return;
    }
    const mark = markOf(decode(bytes));
    if (mark === undefined) {
      return;
    }
    const key = `${one.from} of ${one.worker}`;
    if (mark.sentAt < (last.get(key) ?? 0)) {
      faults.push(`${key}: ${mark.number} part ${mark.part} is out of order`);
    }
    last.set(key, mark.sentAt);
  });
  return { ...total, faults: faults.slice(0, 20) };
}

async function each(
  session: string,
  state: string,
  take: (one: Exported, bytes: Buffer) => void,
): Promise<Omit<Recorded, "faults">> {
  let messages = 0;
  let size = 0;
  for await (const one of readExport(session, state)) {
    const bytes = Buffer.from(one.bytes, "base64");
    messages += 1;
    size += bytes.length;
    take(one, bytes);
  }
  return { messages, bytes: size };
}

/** What the hub had put in, and told a worker about it. */
function isReplay({ from, invocationId }: Exported): boolean {
  return from === "host" && invocationId !== "" && !isHostsOwn(invocationId);
}

function isRequest({ kind }: Exported): boolean {
  return kind === "invocation_request";
}

function hashOf(hashes: Map<string, MessageHash>, key: string): MessageHash {
  const hash = hashes.get(key) ?? new MessageHash();
  hashes.set(key, hash);
  return hash;
}

function differences(name: string, said: StreamFacts, recorded: MessageHash): string[] {
  if (said.sent !== recorded.messages) {
    return [`${name}: ${said.sent} messages were said, ${recorded.messages} are recorded`];
  }
  const own = recorded.end();
  const wrong = said.checkpoints.findIndex(({ sha256 }, i) => sha256 !== own[i]?.sha256);
  if (wrong < 0) {
    return [];
  }
  return [`${name}: what is recorded differs from what was said before message ${said.checkpoints[wrong]?.messages}`];
}
