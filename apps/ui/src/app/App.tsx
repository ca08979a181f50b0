import { Suspense, useMemo, useRef, useState } from "react";
import { useColumnLength, useSessionState, useSessionStore } from "../data/session-context.ts";
import { useShortcuts } from "../keyboard/useShortcuts.ts";
import { FilterField } from "../messages/FilterField.tsx";
import styles from "./App.module.css";
import type { Address } from "./address.ts";
import { Header } from "./Header.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { Nav } from "./Nav.tsx";
import { Notices } from "./Notices.tsx";
import { StatusLine } from "./StatusLine.tsx";
import { ShellContext } from "./shell-context.ts";
import { useAddress } from "./useAddress.ts";
import { useStoredFlag } from "./useStored.ts";
import { findView } from "./views.tsx";

/** The whole page: header, filter, notices, navigation, the view, and the status line. */
export function App({ address: initial }: { readonly address: Address }) {
  const store = useSessionStore();
  const { session, view, isFiltering, filterError } = useSessionState();
  const length = useColumnLength(view.column);
  const [wantsFollow, setFollow] = useState(initial.message === undefined && initial.invocation === undefined);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [areLettersOn, setLettersOn] = useStoredFlag("inspector.letters", true);
  const filterInput = useRef<HTMLInputElement>(null);
  const listRef = useRef<HTMLDivElement>(null);
  const isFollowing = wantsFollow && session?.source !== "file";
  const [address, move] = useAddress(initial, ({ filter }) => store.setFilter(filter.trim()));

  const shell = useMemo(() => {
    const go = (change: Partial<Address>) => {
      move(change);
      if (change.filter !== undefined) store.setFilter(change.filter.trim());
    };
    return { address, go, isFollowing, setFollow, areLettersOn, listRef };
  }, [address, move, store, isFollowing, areLettersOn]);
  useShortcuts(
    { "focus-filter": () => filterInput.current?.focus(), "show-help": () => setHelpOpen(true) },
    areLettersOn,
  );
  const current = findView(address.view);
  return (
    <ShellContext value={shell}>
      <div className={styles["app"]}>
        <Header isFollowing={isFollowing} onFollow={setFollow} onHelp={() => setHelpOpen(true)} />
        {current.isFiltered && (
          <FilterField
            inputRef={filterInput}
            filter={address.filter}
            error={filterError}
            isFiltering={isFiltering}
            shown={length}
            total={store.total}
            onFilter={(filter) => shell.go({ filter })}
            onLeave={() => listRef.current?.focus()}
          />
        )}
        <Notices />
        <div className={styles["body"]}>
          <Nav current={current} />
          <main className={styles["main"]} aria-label={current.title}>
            <Suspense>
              <current.component />
            </Suspense>
          </main>
        </div>
        <StatusLine />
        <HelpDialog
          isOpen={isHelpOpen}
          areLettersOn={areLettersOn}
          onLetters={setLettersOn}
          onClose={() => setHelpOpen(false)}
        />
      </div>
    </ShellContext>
  );
}
