import { useState } from "react";

/** Whether it has ever been true. A dialog that stays when it is closed gives the focus back; one that was never opened is not loaded. */
export function useEver(isTrue: boolean): boolean {
  const [wasTrue, setWasTrue] = useState(isTrue);
  if (isTrue && !wasTrue) {
    setWasTrue(true);
  }
  return isTrue || wasTrue;
}
