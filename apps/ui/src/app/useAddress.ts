import { useEffect, useEffectEvent } from "react";
import { type Address, formatAddress, parseAddress } from "./address.ts";

/** Browsers refuse more than some hundred changes of the address within half a minute; `j` held down makes more. */
const WRITE_MS = 250;

/** Keeps the address bar up to date, and reports when back, forward or a typed address changes it. */
export function useAddress(address: Address, onChange: (address: Address) => void): void {
  const { filter, selected } = address;
  useEffect(() => {
    const timer = setTimeout(() => {
      const search = formatAddress(location.search, { filter, selected });
      if (search !== location.search) history.replaceState(null, "", `${location.pathname}${search}${location.hash}`);
    }, WRITE_MS);
    return () => clearTimeout(timer);
  }, [filter, selected]);
  const onPopState = useEffectEvent(() => onChange(parseAddress(location.search)));
  useEffect(() => {
    window.addEventListener("popstate", onPopState);
    return () => window.removeEventListener("popstate", onPopState);
  }, []);
}
