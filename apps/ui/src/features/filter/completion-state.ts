import type { Completion } from "@inspector/filter/complete";

/** The list under the filter: closed, or open with what could be written at the caret. */
export type CompletionState = {
  readonly completion: Completion | undefined;
  /** Index of the marked option; -1 while none is, so that Enter means the text as it stands. */
  readonly active: number;
};

export type CompletionEvent =
  | { readonly type: "offered"; readonly completion: Completion; readonly typed: string }
  | { readonly type: "moved"; readonly by: 1 | -1 }
  | { readonly type: "closed" };

export const CLOSED: CompletionState = { completion: undefined, active: -1 };

/** The next state. An offer that says only what is written already is none. */
export function nextCompletion(state: CompletionState, event: CompletionEvent): CompletionState {
  switch (event.type) {
    case "closed":
      return CLOSED;
    case "offered": {
      const { options } = event.completion;
      const [only] = options;
      if (only === undefined || (options.length === 1 && only.label === event.typed)) {
        return CLOSED;
      }
      return { completion: event.completion, active: -1 };
    }
    case "moved": {
      const count = state.completion?.options.length ?? 0;
      if (count === 0) {
        return state;
      }
      // One place more than there are options: none is marked between the last and the first.
      const place = (state.active + 1 + event.by + count + 1) % (count + 1);
      return { ...state, active: place - 1 };
    }
  }
}

/** The text and caret after an option was taken. A key asks for its value next; all else is done with a space. */
export function acceptOption(
  text: string,
  { from, to }: Completion,
  label: string,
): { readonly text: string; readonly caret: number } {
  const isUnfinished = /[:<>=]$/.test(label);
  const rest = text.slice(to);
  const written = isUnfinished || rest.startsWith(" ") ? label : `${label} `;
  const isKeyAgain = label.endsWith(":") && rest.startsWith(":");
  const kept = isKeyAgain ? rest.slice(1) : rest;
  return { text: text.slice(0, from) + written + kept, caret: from + written.length };
}
