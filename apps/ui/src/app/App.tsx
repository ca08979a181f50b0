import { useRef, useState } from "react";
import { useColumnLength, useSessionState, useSessionStore } from "../data/session-context.ts";
import { useShortcuts } from "../keyboard/useShortcuts.ts";
import { FilterField } from "../messages/FilterField.tsx";
import { MessagesView } from "../messages/MessagesView.tsx";
import styles from "./App.module.css";
import type { Address } from "./address.ts";
import { Header } from "./Header.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { Nav } from "./Nav.tsx";
import { Notices } from "./Notices.tsx";
import { StatusLine } from "./StatusLine.tsx";
import { useAddress } from "./useAddress.ts";
import { useStoredFlag } from "./useStored.ts";

/** The whole page: header, filter, notices, navigation, the view, and the status line. */
export function App({ address }: { readonly address: Address }) {
  const store = useSessionStore();
  const { session, view, isFiltering, filterError } = useSessionState();
  const length = useColumnLength(view.column);
  const [filter, setFilter] = useState(address.filter);
  const [selected, setSelected] = useState(address.selected);
  const [wantsFollow, setFollow] = useState(address.selected === undefined);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [areLettersOn, setLettersOn] = useStoredFlag("inspector.letters", true);
  const filterInput = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const isFollowing = wantsFollow && session?.source !== "file";

  const changeFilter = (next: string) => {
    setFilter(next);
    store.setFilter(next.trim());
  };
  useAddress({ filter, selected }, (next) => {
    changeFilter(next.filter);
    setSelected(next.selected);
  });
  useShortcuts(
    { "focus-filter": () => filterInput.current?.focus(), "show-help": () => setHelpOpen(true) },
    areLettersOn,
  );
  return (
    <div className={styles["app"]}>
      <Header isFollowing={isFollowing} onFollow={setFollow} onHelp={() => setHelpOpen(true)} />
      <FilterField
        inputRef={filterInput}
        filter={filter}
        error={filterError}
        isFiltering={isFiltering}
        shown={length}
        total={store.total}
        onFilter={changeFilter}
        onLeave={() => grid.current?.focus()}
      />
      <Notices />
      <div className={styles["body"]}>
        <Nav />
        <main className={styles["main"]}>
          <MessagesView
            gridRef={grid}
            selected={selected}
            isFollowing={isFollowing}
            areLettersOn={areLettersOn}
            onSelect={setSelected}
            onFollow={setFollow}
            onClearFilter={() => changeFilter("")}
          />
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
  );
}
