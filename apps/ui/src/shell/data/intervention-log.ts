import type { Holds, ReplayRun } from "@inspector/contract/intervention";
import type { InterventionClient } from "./intervention-client.ts";
import {
  endedRules,
  type Interventions,
  loadInterventions,
  markGone,
  mergeRuns,
  NO_INTERVENTIONS,
} from "./interventions.ts";

type Client = Pick<InterventionClient, "getReplays" | "getHolds" | "removeHoldRule">;

/** Replays and holds of the live session, as the hub tells of them, and what became of those that it does not know any more. */
export class InterventionLog {
  readonly #client: Client;
  readonly #onChange: (state: Interventions) => void;
  #state = NO_INTERVENTIONS;
  /** The rules that were taken away from here. */
  readonly #stopped = new Set<number>();
  /** Whether the rules were told by the hub that is there now: those of one that ended are gone with it. */
  #isCurrent = false;
  #generation = 0;
  #lastEnd = 0;
  /** How often the hub told of holds unasked. */
  #told = 0;

  constructor(client: Client, onChange: (state: Interventions) => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  /** What the hub says of replays, asked for or not. */
  addRuns(runs: readonly ReplayRun[]): void {
    this.#set({ runs: mergeRuns(this.#state.runs, runs) });
  }

  takeHolds(holds: Holds): void {
    const rules = this.#isCurrent ? endedRules(this.#state.holds, holds, this.#stopped) : [];
    const ended = rules.map((rule) => ({ n: ++this.#lastEnd, rule }));
    this.#isCurrent = true;
    this.#told++;
    this.#set({ holds, ended: [...ended, ...this.#state.ended] });
  }

  /** The connection ended, and perhaps the hub with it. */
  lose(): void {
    this.#isCurrent = false;
    this.#stopped.clear();
  }

  /** Asks for what the hub told while nobody listened. */
  async load(): Promise<void> {
    const generation = this.#generation;
    const asked = this.#state.runs;
    const before = this.#told;
    const told = await loadInterventions(this.#client);
    if (told === undefined || generation !== this.#generation) {
      return;
    }
    const { runs } = this.#state;
    this.#isCurrent = true;
    // What was told meanwhile is newer than the answer.
    const holds = this.#told === before ? told.holds : this.#state.holds;
    this.#set({ runs: mergeRuns(markGone(runs, asked, told.runs), told.runs), holds });
  }

  async stopRule(id: number): Promise<void> {
    // Its end may be told before the answer comes.
    this.#stopped.add(id);
    await this.#client.removeHoldRule(id);
  }

  /** Nobody wants to read of this end any more. */
  dismissRule(ended: number): void {
    this.#set({ ended: this.#state.ended.filter(({ n }) => n !== ended) });
  }

  clear(): void {
    this.#generation++;
    this.#stopped.clear();
    this.#set(NO_INTERVENTIONS);
  }

  #set(change: Partial<Interventions>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange(this.#state);
  }
}
