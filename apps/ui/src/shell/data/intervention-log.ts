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

/** Replays and holds of the live session as the hub reports them, and the end of those that it no longer lists. */
export class InterventionLog {
  readonly #client: Client;
  readonly #onChange: (state: Interventions) => void;
  #state = NO_INTERVENTIONS;
  /** The rules that were taken away from here. */
  readonly #stopped = new Set<number>();
  /** Whether the rules come from the hub that is connected now: the rules of a hub end with it. */
  #isCurrent = false;
  #generation = 0;
  #lastEnd = 0;
  /** Number of reports of holds that nobody asked for. */
  #reports = 0;

  constructor(client: Client, onChange: (state: Interventions) => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  /** Adds replays as the hub reports them, asked for or not. */
  addRuns(runs: readonly ReplayRun[]): void {
    this.#set({ runs: mergeRuns(this.#state.runs, runs) });
  }

  takeHolds(holds: Holds): void {
    const rules = this.#isCurrent ? endedRules(this.#state.holds, holds, this.#stopped) : [];
    const ended = rules.map((rule) => ({ n: ++this.#lastEnd, rule }));
    this.#isCurrent = true;
    this.#reports++;
    this.#set({ holds, ended: [...ended, ...this.#state.ended] });
  }

  /** The connection ended, and perhaps the hub with it. */
  lose(): void {
    this.#isCurrent = false;
    this.#stopped.clear();
  }

  /** Asks for what the hub reported while this page was not connected. */
  async load(): Promise<void> {
    const generation = this.#generation;
    const asked = this.#state.runs;
    const before = this.#reports;
    const loaded = await loadInterventions(this.#client);
    if (loaded === undefined || generation !== this.#generation) {
      return;
    }
    const { runs } = this.#state;
    this.#isCurrent = true;
    // A report that came meanwhile is newer than the answer.
    const holds = this.#reports === before ? loaded.holds : this.#state.holds;
    this.#set({ runs: mergeRuns(markGone(runs, asked, loaded.runs), loaded.runs), holds });
  }

  async stopRule(id: number): Promise<void> {
    // The report of its end may come before the answer.
    this.#stopped.add(id);
    await this.#client.removeHoldRule(id);
  }

  /** Takes an ended rule off the page. */
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
