/** What happens to an inspector while its peers talk. A seed repeats what is done and in which order. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { HoldRule, HoldRuleOrder, Holds, ReplayRun } from "@inspector/contract/intervention";
import type { MessagePage } from "@inspector/contract/page";
import { askHub } from "../hub-api.ts";
import type { InspectorProcess } from "../inspector-process.ts";
import { type Address, probe, visitPage, visitRelay } from "./bad-clients.ts";
import { createDice, type Dice } from "./dice.ts";
import { openPage } from "./page.ts";
import { FUNCTIONS, isHostsOwn } from "./said.ts";

/** A hub that is stopped or starved does not answer: nobody waits for it longer. */
const HUB_PATIENCE_MS = 2_000;
const LONGEST_PAUSE_MS = 1_200;
const LOOK_BACK = 500;
/** Far more than a hub may be silent before it counts as gone. */
const LONG_STOP_MS = 20_000;
/** How long a rule holds a message at most; each rule has a number added, by which it is found again. */
const HOLD_LIMIT_MS = 5_000;

/** @property run with dice of its own, since several run at a time */
type Action = { readonly name: string; readonly cards: number; readonly run: (dice: Dice) => Promise<void> };

export class Chaos {
  /** What was done, with seconds since the beginning. */
  readonly log: string[] = [];
  readonly counts = new Map<string, number>();
  readonly #dice: Dice;
  readonly #inspector: InspectorProcess;
  readonly #startedAt = performance.now();
  readonly #underWay = new Set<Promise<void>>();
  readonly #loops = new Set<ChildProcess>();
  readonly #stopped = new Set<number>();
  readonly #actions: readonly Action[];
  #rules = 0;

  constructor(dice: Dice, inspector: InspectorProcess) {
    this.#dice = dice;
    this.#inspector = inspector;
    const relay = addressOf(inspector.listen);
    const page = addressOf(new URL(inspector.ui).host);
    const token = new URL(inspector.ui).searchParams.get("token") ?? "";
    this.#actions = [
      { name: "hub killed", cards: 2, run: () => this.#killHub() },
      { name: "hub stopped", cards: 2, run: (dice) => this.#stopHub(dice.between(100, 2_500)) },
      { name: "hub stopped for long", cards: 1, run: () => this.#stopHub(LONG_STOP_MS) },
      { name: "hub starved", cards: 2, run: (dice) => this.#starveHub(dice.between(500, 4_000)) },
      { name: "machine busy", cards: 1, run: (dice) => this.#occupy(dice.between(500, 2_500)) },
      { name: "hold", cards: 6, run: (dice) => this.#hold(dice) },
      { name: "replays", cards: 6, run: (dice) => this.#replay(dice) },
      { name: "bad client", cards: 6, run: (dice) => visitRelay(dice, relay) },
      { name: "bad client of the page", cards: 4, run: (dice) => visitPage(dice, page) },
      { name: "probes", cards: 3, run: (dice) => repeat(dice.between(5, 40), () => probe(dice, relay)) },
      { name: "refused upgrades", cards: 3, run: (dice) => repeat(10, () => visitPage(dice, page)) },
      { name: "page", cards: 2, run: (dice) => openPage(page, token, dice.between(500, 8_000), false) },
      { name: "slow page", cards: 2, run: (dice) => openPage(page, token, dice.between(2_000, 10_000), true) },
    ];
  }

  /** Does one thing after another, several at a time, until the time is over and all that was begun has ended. */
  async run(durationMs: number): Promise<void> {
    const until = performance.now() + durationMs;
    const cards = this.#actions.flatMap((action) => Array.from({ length: action.cards }, () => action));
    for (let deck: Action[] = []; performance.now() < until; ) {
      // Dealt, not thrown: a short run has some of everything too.
      if (deck.length === 0) {
        deck = shuffle(cards, this.#dice);
      }
      const action = deck.pop();
      if (action === undefined) {
        throw new Error("there is nothing to do");
      }
      this.#note(action.name);
      this.#begin(action);
      await sleep(this.#dice.roll(LONGEST_PAUSE_MS));
    }
    await Promise.all(this.#underWay);
  }

  /** Whatever happens: nothing that this started goes on, and no hub stays stopped. */
  end(): void {
    for (const child of this.#loops) {
      child.kill("SIGKILL");
    }
    for (const pid of this.#stopped) {
      signal(pid, "SIGCONT");
    }
  }

  #begin(action: Action): void {
    const run = action.run(createDice(this.#dice.roll(2 ** 31))).catch((error: unknown) => {
      // The hub is often gone, or busy: what it would not do is counted, not a fault.
      this.#note(`${action.name}: refused`);
      this.log.push(`    ${error instanceof Error ? error.message : error}`);
    });
    this.#underWay.add(run);
    void run.finally(() => this.#underWay.delete(run));
  }

  #note(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.log.push(`${((performance.now() - this.#startedAt) / 1000).toFixed(1)} s ${name}`);
  }

  async #killHub(): Promise<void> {
    const pid = this.#inspector.hubPid();
    if (pid !== undefined) {
      signal(pid, "SIGKILL");
    }
  }

  async #stopHub(durationMs: number): Promise<void> {
    const pid = this.#inspector.hubPid();
    if (pid === undefined) {
      return;
    }
    this.#stopped.add(pid);
    signal(pid, "SIGSTOP");
    await sleep(durationMs);
    signal(pid, "SIGCONT");
    this.#stopped.delete(pid);
  }

  /** The hub runs for a third of the time. */
  async #starveHub(durationMs: number): Promise<void> {
    for (const until = performance.now() + durationMs; performance.now() < until; ) {
      await this.#stopHub(40);
      await sleep(20);
    }
  }

  async #occupy(durationMs: number): Promise<void> {
    const loops = [1, 2].map(() => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
    for (const child of loops) {
      this.#loops.add(child);
    }
    await sleep(durationMs);
    for (const child of loops) {
      child.kill("SIGKILL");
      this.#loops.delete(child);
    }
  }

  /** Holds what one side says for one function, lets some of it go one by one, and takes the rule away again. */
  async #hold(dice: Dice): Promise<void> {
    const from = dice.pick(["host", "worker"] as const);
    const kinds = from === "host" ? ["invocation_request"] : dice.pick([["invocation_response"], ["rpc_log"]]);
    const hub = this.#inspector.hubPid();
    this.#rules += 1;
    const order: HoldRuleOrder = { from, kinds, functions: [FUNCTIONS.h], limitMs: HOLD_LIMIT_MS + this.#rules };
    try {
      const rule = await this.#ask<HoldRule>("POST", "/api/holds/rules", order);
      await sleep(dice.between(100, 1_500));
      const { held } = await this.#ask<Holds>("GET", "/api/holds");
      for (const { id } of held.filter((one) => one.rule === rule.id).slice(0, dice.roll(10))) {
        await this.#ask("POST", `/api/holds/${id}/release`, { action: "release" });
      }
    } finally {
      await this.#takeAway(order, hub);
    }
  }

  /**
   * As a person would: again and again until it is gone, or its hub is. A hub that answers too late has made the rule all
   * the same, so it is looked for.
   */
  async #takeAway({ limitMs }: HoldRuleOrder, hub: number | undefined): Promise<void> {
    while (hub !== undefined && this.#inspector.hubPid() === hub) {
      try {
        const { rules } = await this.#ask<Holds>("GET", "/api/holds");
        const rule = rules.find((one) => one.limitMs === limitMs);
        if (rule === undefined) {
          return;
        }
        await this.#ask("DELETE", `/api/holds/rules/${rule.id}`);
      } catch {
        await sleep(100);
      }
    }
  }

  /** Sends a recorded invocation of the host's again, some times. */
  async #replay(dice: Dice): Promise<void> {
    const { last } = await this.#ask<MessagePage>("GET", "/api/messages?after=0&limit=1");
    const after = Math.max(0, last - LOOK_BACK);
    const { rows } = await this.#ask<MessagePage>("GET", `/api/messages?after=${after}&limit=${LOOK_BACK}`);
    const requests = rows.filter(
      ({ kind, invocationId = "" }) => kind === "invocation_request" && isHostsOwn(invocationId),
    );
    const { stream, seq } = dice.pick(requests);
    const pace = { times: dice.between(1, 40), perSecond: dice.between(20, 200), timeoutMs: 5_000 };
    await this.#ask<ReplayRun>("POST", "/api/replays", { stream, source: { seq }, ...pace });
  }

  async #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return await askHub<Answer>(this.#inspector, method, path, body, AbortSignal.timeout(HUB_PATIENCE_MS));
  }
}

function shuffle<T>(cards: readonly T[], dice: Dice): T[] {
  const left = [...cards];
  return cards.flatMap(() => left.splice(dice.roll(left.length), 1));
}

async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: times }, act));
}

function addressOf(authority: string): Address {
  const { hostname, port } = new URL(`http://${authority}`);
  return { host: hostname, port: Number(port) };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}
