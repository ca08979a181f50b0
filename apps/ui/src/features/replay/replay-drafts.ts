import type { Seq } from "@inspector/contract/page";
import type { Draft } from "../editor/MessageEditor.tsx";

/** Edited requests by the number of the recorded one. */
export type ReplayDrafts = Map<Seq, Draft>;

export class SessionReplayDrafts {
  #session: string | undefined;
  #replays: ReplayDrafts = new Map();

  /** Edited requests of a session. Those of another one are gone with it: its numbers mean others here. */
  of(session: string | undefined): ReplayDrafts {
    if (session !== this.#session) {
      this.#replays = new Map();
    }
    this.#session = session;
    return this.#replays;
  }
}
