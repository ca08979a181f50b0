import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { type Address, changeAddress, formatAddress, isStep, parseAddress } from "./address.ts";

/** Browsers refuse more than some hundred changes of the address within half a minute; `j` held down makes more. */
const WRITE_MS = 250;

/**
 * What the page shows, kept in the address bar: another view or a comparison is a step that "back" undoes, everything else is not.
 * `onMove` hears of back, forward and typed addresses.
 */
export function useAddress(
  initial: Address,
  onMove: (address: Address) => void,
): readonly [Address, (change: Partial<Address>) => void] {
  const [address, setAddress] = useState(initial);
  const go = useCallback((change: Partial<Address>) => {
    setAddress((was) => {
      const next = changeAddress(was, change);
      // What is left is written as it was, so that "back" finds it.
      if (isStep(was, next)) {
        write(was, "replaceState");
        write(next, "pushState");
      }
      return next;
    });
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => write(address, "replaceState"), WRITE_MS);
    return () => clearTimeout(timer);
  }, [address]);
  const onPopState = useEffectEvent(() => {
    const next = parseAddress(location.search);
    setAddress(next);
    onMove(next);
  });
  useEffect(() => {
    window.addEventListener("popstate", onPopState);
    return () => window.removeEventListener("popstate", onPopState);
  }, []);
  return [address, go];
}

function write(address: Address, how: "replaceState" | "pushState"): void {
  const search = formatAddress(location.search, address);
  if (search !== location.search) {
    history[how](null, "", `${location.pathname}${search}${location.hash}`);
  }
}
