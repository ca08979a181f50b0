import { useState } from "react";

/** One request at a time that changes something, and how the last one failed. */
export function useAction() {
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly error?: Error }>({ isBusy: false });
  const run = (act: () => Promise<unknown>) => {
    setState({ isBusy: true });
    act().then(
      () => setState({ isBusy: false }),
      (error: unknown) => {
        setState({ isBusy: false, error: error instanceof Error ? error : new Error(String(error)) });
      },
    );
  };
  return { ...state, run };
}
