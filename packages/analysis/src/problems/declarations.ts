import type { Seq } from "@inspector/contract/page";
import { FunctionEnvironmentReloadResponse_CapabilitiesUpdateStrategy as Strategy } from "@inspector/proto";
import { numberOf } from "@inspector/session/database";
import type { ProblemSession } from "./problem-session.ts";

export type Capabilities = Readonly<Record<string, string>>;

type Declaration = { readonly capabilities: Capabilities; readonly isReplacing: boolean };

/** What workers declared, in their answers to the init request and to reloads of the environment. */
export class Declarations {
  readonly #session: Pick<ProblemSession, "all" | "content">;
  /** By the answer; the oldest first. */
  readonly #known = new Map<Seq, Declaration>();

  constructor(session: Pick<ProblemSession, "all" | "content">) {
    this.#session = session;
  }

  /** What the worker of a stream had declared before a message; undefined where that is not known. */
  before(stream: number, message: Seq): Capabilities | undefined {
    const answers = this.#session.all(
      "SELECT answered_seq FROM worker_step WHERE stream = ? AND step IN ('init', 'reload') AND answered_seq < ? ORDER BY answered_seq",
      stream,
      message,
    );
    let declared: Capabilities | undefined;
    for (const { answered_seq } of answers) {
      const answer = this.#of(numberOf(answered_seq));
      if (answer === undefined) {
        return undefined;
      }
      declared = answer.isReplacing ? answer.capabilities : { ...declared, ...answer.capabilities };
    }
    return declared;
  }

  /** Forgets the oldest beyond so many. */
  forget(most: number): void {
    for (const seq of this.#known.keys()) {
      if (this.#known.size <= most) {
        break;
      }
      this.#known.delete(seq);
    }
  }

  #of(answer: Seq): Declaration | undefined {
    const known = this.#known.get(answer);
    if (known !== undefined) {
      return known;
    }
    const content = this.#session.content(answer);
    if (content?.case !== "workerInitResponse" && content?.case !== "functionEnvironmentReloadResponse") {
      return undefined;
    }
    const isReplacing =
      content.case === "workerInitResponse" || content.value.capabilitiesUpdateStrategy === Strategy.replace;
    const declaration = { capabilities: content.value.capabilities, isReplacing };
    this.#known.set(answer, declaration);
    return declaration;
  }
}
