import type { KeyboardEvent } from "react";

/**
 * Ctrl or Command with Enter, for a form's `onKeyDownCapture`: it is the form's that has the focus. Taken on its way in, because
 * an editor within answers it for whichever editor was made last.
 */
export function submitKey(submit: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== "Enter" || event.altKey || !(event.ctrlKey || event.metaKey)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && !event.nativeEvent.isComposing) {
      submit();
    }
  };
}
