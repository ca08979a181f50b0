import type { Seq } from "@inspector/contract/page";
import { useState } from "react";
import { useSessionStore } from "../../shell/data/session-context.ts";
import type { Address } from "../../shell/page/address.ts";

/** The call that those which are selected from now on are compared with. */
export function useMarkedCall() {
  const { exchanges } = useSessionStore();
  const [marked, mark] = useState<Seq | undefined>();
  return {
    marked,
    mark,
    /** Steps of a worker's start are not compared. */
    isCall: (id: Seq): boolean => exchanges.get(id)?.type === "invocation",
    /** What the address says with the selection of another row. */
    withMarked: (selected: Seq | undefined): Partial<Address> =>
      selected === undefined || marked === undefined || marked === selected ? {} : { with: marked },
  };
}
