/** Browsers give a clipboard only to pages of https and of this machine, and may refuse it there as well. */

/** @returns whether the text is in the clipboard now */
export async function copyText(text: string): Promise<boolean> {
  // Of an insecure page it is not there, whatever the types say.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  try {
    if (clipboard !== undefined) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // A selection is copied with the permission of the click alone.
  }
  return copyBySelection(text);
}

/** Copies as Ctrl+C does, then restores selection and focus. */
function copyBySelection(text: string): boolean {
  const { activeElement } = document;
  const area = document.createElement("textarea");
  area.value = text;
  area.style.cssText = "position: fixed; top: 0; opacity: 0";
  // What stands outside of a modal dialog cannot be focused.
  (activeElement?.closest("dialog") ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    if (activeElement instanceof HTMLElement) {
      activeElement.focus({ preventScroll: true });
    }
  }
}
