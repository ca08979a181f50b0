import type { Filter, Term } from "./filter.ts";
import { definite, type Fragment, fragment, join } from "./fragment.ts";
import { type InvocationScope, invocationTerm, stepTerm } from "./invocation-terms.ts";
import { messageTerm, type TextSearch } from "./message-terms.ts";

export type CompileOptions = {
  /** Only rows behind this sequence number. */
  readonly after?: number;
  /** How a word or text is found in row `m`; by default in the row's own columns, without an index. */
  readonly textSearch?: TextSearch | undefined;
};

/**
 * A condition on table `message` under the alias `m`, for `SELECT m.seq FROM message m WHERE …`. Nothing that a person wrote is part
 * of the SQL: it is all in `params`. The condition is 1 or 0, never NULL.
 *
 * A regular expression needs the SQL function `regexp(pattern, text)` on the connection: NULL where the text is NULL, else 1 or 0 for
 * `compileExpression(pattern).test(text)` of regex.ts.
 *
 * Whether a row matches depends on it and on what crossed before it, so that "the rows after N" can be asked for piece by piece. The exceptions
 * are `worker:`, which also finds the first messages of a worker once its id and runtime are known, and those of `is:` that say how the message's
 * invocation stands now (inflight, lost, cancelled, retried, orphan), that the body is dropped, or what became of the message (edited, held, swallowed).
 */
export function compileFilter(filter: Filter, options: CompileOptions = {}): Fragment {
  const condition = compile(filter, (term) => messageTerm(term, options.textSearch));
  if (options.after === undefined) {
    return condition;
  }
  return join([fragment("m.seq > ?", options.after), condition], "AND");
}

export type InvocationCondition = {
  /** On table `invocation` under the alias `i`. */
  readonly invocations: Fragment;
  /** On view `startup_step` under the alias `i`. */
  readonly steps: Fragment;
};

export type InvocationOptions = {
  readonly textSearch?: TextSearch | undefined;
  /** Whether the condition is going to be asked of all rows or of a few, which are better answered in different ways. */
  readonly scope: InvocationScope;
};

/**
 * The same language over invocations and start-up steps: a term about messages (`side: level: category: kind:`, free text) holds for a row that has
 * such a message, the others hold for the row itself. Otherwise as {@link compileFilter}.
 */
export function compileInvocationFilter(filter: Filter, { textSearch, scope }: InvocationOptions): InvocationCondition {
  return {
    invocations: compile(filter, (term) => invocationTerm(term, scope, textSearch)),
    steps: compile(filter, (term) => stepTerm(term, textSearch)),
  };
}

/** Whether a filter looks for free text, which an index may know more about later on. */
export function hasFreeText(filter: Filter): boolean {
  switch (filter.type) {
    case "and":
    case "or":
      return filter.items.some(hasFreeText);
    case "not":
      return hasFreeText(filter.item);
    default:
      return filter.type === "text";
  }
}

function compile(filter: Filter, term: (term: Term) => Fragment): Fragment {
  switch (filter.type) {
    case "all":
      return fragment("1");
    case "and":
    case "or": {
      const items = filter.items.map((item) => compile(item, term));
      return join(items, filter.type === "and" ? "AND" : "OR");
    }
    case "not": {
      const { sql, params } = compile(filter.item, term);
      return { sql: `(NOT ${sql})`, params };
    }
    default:
      return definite(term(filter));
  }
}
