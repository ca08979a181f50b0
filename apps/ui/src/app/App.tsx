import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import { FilterBar } from "../filter/FilterBar.tsx";
import { addTerm } from "../filter/filter-terms.ts";
import { ActionContext, ActionRegistry } from "../keyboard/action-registry.ts";
import { useKeyboard } from "../keyboard/useShortcuts.ts";
import { Overview } from "../overview/Overview.tsx";
import { applyTheme } from "../theme/theme.ts";
import styles from "./App.module.css";
import type { Address } from "./address.ts";
import { CommandPalette } from "./CommandPalette.tsx";
import { type Command, shortcutCommands } from "./commands.ts";
import { Drafts } from "./drafts.ts";
import { Header } from "./Header.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { Nav } from "./Nav.tsx";
import { Notices } from "./Notices.tsx";
import { PageShortcuts } from "./PageShortcuts.tsx";
import { StatusLine } from "./StatusLine.tsx";
import { pageTitle } from "./session-words.ts";
import { type Shell, ShellContext } from "./shell-context.ts";
import { useAddress } from "./useAddress.ts";
import { useStoredFlag } from "./useStored.ts";
import { findView, VIEWS } from "./views.tsx";

const VerdictStrip = lazy(async () => ({ default: (await import("../problems/VerdictView.tsx")).VerdictStrip }));

/** The whole page: header, filter, overview, notices, navigation, the view, and the status line. */
export function App({ address: initial }: { readonly address: Address }) {
  const [areLettersOn, setLettersOn] = useStoredFlag("inspector.letters", true);
  const [registry] = useState(() => new ActionRegistry());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [commands, setCommands] = useState<readonly Command[] | undefined>();
  const shell = useShellState(initial, areLettersOn);
  const filterInput = useRef<HTMLInputElement>(null);
  const current = findView(shell.address.view);
  useKeyboard(registry, areLettersOn);
  const { session } = useSessionState();
  const title = pageTitle(current.title, session);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <ActionContext value={registry}>
      <ShellContext value={shell}>
        <PageShortcuts
          filterInput={filterInput}
          onHelp={() => setHelpOpen(true)}
          onCommands={() => setCommands([...shortcutCommands(registry), ...pageCommands(shell)])}
        />
        <div className={styles["app"]}>
          <Header onHelp={() => setHelpOpen(true)} />
          {current.list && (
            <>
              <FilterBar inputRef={filterInput} list={current.list} />
              <Overview />
            </>
          )}
          <Notices />
          <Suspense>
            <VerdictStrip />
          </Suspense>
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
          <CommandPalette commands={commands} onClose={() => setCommands(undefined)} />
        </div>
      </ShellContext>
    </ActionContext>
  );
}

function useShellState(initial: Address, areLettersOn: boolean): Shell {
  const store = useSessionStore();
  const { session } = useSessionState();
  const [wantsFollow, setFollow] = useState(initial.message === undefined && initial.invocation === undefined);
  const listRef = useRef<HTMLDivElement>(null);
  const [drafts] = useState(() => new Drafts());
  const isFollowing = wantsFollow && session?.source !== "file";
  const [address, move] = useAddress(initial, ({ filter }) => store.setFilter(filter.trim()));
  return useMemo(() => {
    const go = (change: Partial<Address>) => {
      move(change);
      if (change.filter !== undefined) store.setFilter(change.filter.trim());
    };
    return { address, go, isFollowing, setFollow, areLettersOn, listRef, drafts };
  }, [address, move, store, isFollowing, areLettersOn, drafts]);
}

/** What the palette offers beside the shortcuts. */
function pageCommands({ address, go }: Shell): Command[] {
  const command = (group: string, title: string, run: () => void): Command => ({ title, group, keys: [], run });
  return [
    ...VIEWS.map((view) => command("View", view.title, () => go({ view: view.id }))),
    command("Filter", "Show failures only", () => go({ filter: addTerm(address.filter, "status:failed") })),
    command("Filter", "Show what is in flight only", () => go({ filter: addTerm(address.filter, "is:inflight") })),
    command("Filter", "Show what took more than a second", () => go({ filter: addTerm(address.filter, "dur:>1s") })),
    command("Filter", "Clear the filter", () => go({ filter: "" })),
    command("Look", "Theme of the system", () => applyTheme("system")),
    command("Look", "Light theme", () => applyTheme("light")),
    command("Look", "Dark theme", () => applyTheme("dark")),
  ];
}
