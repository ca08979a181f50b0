import { useEffect, useEffectEvent } from "react";
import { Button, Key } from "../shell/controls/Button.tsx";

/** Ends what is under way; so does Escape, which closes nothing else as long as the button is there. */
export function CancelButton({ onCancel }: { readonly onCancel: () => void }) {
  const cancel = useEffectEvent(onCancel);
  useEffect(() => {
    const listening = new AbortController();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        cancel();
      }
    };
    window.addEventListener("keydown", onKey, { capture: true, signal: listening.signal });
    return () => listening.abort();
  }, []);
  return (
    <Button onClick={onCancel}>
      Cancel <Key>Esc</Key>
    </Button>
  );
}
