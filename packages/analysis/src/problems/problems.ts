/**
 * What is wrong in a session, and what it leads to.
 *
 * Messages are looked at once, in slices, so that a session of a million messages blocks nobody; streams, steps, processes
 * and events are looked at again whenever there may be news.
 */
import type { Nanos, Problem, Problems, Seq } from "@inspector/contract/page";
import { type Database, numberOf } from "@inspector/session/database";
import { Collected, countOf, inOrder, newestFirst } from "./collected.ts";
import { ProblemSession } from "./problem-session.ts";
import type { Finding, Range, Rule } from "./rule.ts";
import { RULES } from "./rules.ts";
import { findVerdicts } from "./verdict.ts";

export type ProblemsOptions = {
  /** The present of a live session, in its own time; without it the session's newest time is the present. */
  readonly now?: () => Nanos;
  readonly rules?: readonly Rule[];
};

export type ProblemFinder = {
  /**
   * Looks at what is new, for about `budget` milliseconds.
   * @returns whether there is more to look at right away
   */
  step(budget: number): boolean;
  /** Looks at everything that is new, however long that takes. */
  update(): Problems;
  /** What the last look gave. */
  readonly current: Problems;
  readonly counts: { readonly errors: number; readonly warnings: number };
};

/** Messages in a slice: few enough that one slice stays far below a frame's time, and many enough that its queries pay. */
const MIN_SLICE = 100;
const MAX_SLICE = 2000;
const SLICE_MS = 12;

/** A review may take one part in so many of all time. */
const REVIEW_SHARE = 20;
/** One that is short does not wait for long: the first of a process take many times as long as those that follow. */
const SHORT_REVIEW_MS = 100;
const LONGEST_WAIT_MS = 200;

export function createProblems(database: Database, options: ProblemsOptions = {}): ProblemFinder {
  const rules = options.rules ?? RULES;
  const session = new ProblemSession(database);
  const found = new Collected();
  const failed = new Map<string, Finding>();
  const last = database.prepare("SELECT max(seq) AS n FROM message");
  let through: Seq = 0;
  let slice = 200;
  let reviewAt = 0;
  let current: Problems = { problems: [], verdicts: [], through: 0 };

  function lookAt(range: Range): void {
    session.readFirstMessages(range);
    session.readCutMessages(range);
    for (const rule of rules) {
      for (const finding of asked(rule, () => rule.find?.(session, range))) {
        found.add(rule, finding);
      }
    }
  }

  /** A rule that throws becomes a problem of its own; the other rules still run. */
  function asked(rule: Rule, ask: () => Finding[] | undefined): Finding[] {
    try {
      return ask() ?? [];
    } catch (error) {
      failed.set(rule.id, failureOf(rule, error, session.now));
      return [];
    }
  }

  function nextSlice(): boolean {
    const end = numberOf(last.get()?.["n"]);
    if (through >= end) {
      return false;
    }
    const range = { after: through, through: Math.min(through + slice, end) };
    const began = Date.now();
    lookAt(range);
    through = range.through;
    const took = Date.now() - began;
    if (took > SLICE_MS) {
      slice = Math.max(MIN_SLICE, Math.floor(slice / 2));
    } else if (took < SLICE_MS / 4) {
      slice = Math.min(MAX_SLICE, slice * 2);
    }
    return through < end;
  }

  function review(): void {
    const began = Date.now();
    session.refresh(options.now?.());
    const now = new Collected();
    for (const rule of rules) {
      for (const finding of asked(rule, () => rule.review?.(session))) {
        now.add(rule, finding);
      }
    }
    for (const [, finding] of failed) {
      now.add(RULE_FAILED, finding);
    }
    const problems: Problem[] = inOrder([...found.problems, ...now.problems]);
    current = { problems, verdicts: newestFirst(findVerdicts(session)), through };
    const ended = Date.now();
    const wait = (ended - began) * REVIEW_SHARE;
    reviewAt = ended + (ended - began < SHORT_REVIEW_MS ? Math.min(wait, LONGEST_WAIT_MS) : wait);
  }

  return {
    step(budget) {
      const until = Date.now() + budget;
      session.refresh(options.now?.());
      let isMore = session.readEvents() || nextSlice();
      while (isMore && Date.now() < until) {
        isMore = session.readEvents() || nextSlice();
      }
      if (Date.now() >= reviewAt) {
        review();
      }
      return isMore || current.through < through;
    },
    update() {
      session.refresh(options.now?.());
      while (session.readEvents() || nextSlice()) {}
      review();
      return current;
    },
    get current() {
      return current;
    },
    get counts() {
      return countOf(current.problems);
    },
  };
}

const RULE_FAILED: Rule = { id: "rule-failed", severity: "info" };

function failureOf(rule: Rule, error: unknown, at: Nanos): Finding {
  return {
    subject: rule.id,
    at,
    describe: () => ({
      title: `The rule ${rule.id} could not be applied to this session`,
      consequence: "The session may contain what this rule looks for; the page would not show it.",
      advice: "Report it with the text below.",
      quote: error instanceof Error ? (error.stack ?? error.message) : String(error),
      evidence: [],
    }),
  };
}
