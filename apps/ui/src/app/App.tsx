import { visibleLine } from "@inspector/contract/visible-text";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ExportPlace } from "../features/export/export-draft.ts";
import { FilterBar } from "../features/filter/FilterBar.tsx";
import { addTerm, narrow, replaceTerm } from "../features/filter/filter-terms.ts";
import { Overview } from "../features/overview/Overview.tsx";
import { useSessionPart, useSessionStore } from "../shell/data/session-context.ts";
import { ActionContext, ActionRegistry } from "../shell/keyboard/action-registry.ts";
import { useKeyboard } from "../shell/keyboard/useShortcuts.ts";
import type { Address } from "../shell/page/address.ts";
import { Drafts } from "../shell/page/drafts.ts";
import { pageTitle } from "../shell/page/session-words.ts";
import { type Shell, ShellContext } from "../shell/page/shell-context.ts";
import { useAddress } from "../shell/page/useAddress.ts";
import { useEver } from "../shell/page/useEver.ts";
import { useStoredFlag } from "../shell/page/useStored.ts";
import { lazyPart } from "../shell/panes/Part.tsx";
import { applyTheme } from "../shell/theme/theme.ts";
import styles from "./App.module.css";
import { CommandPalette } from "./CommandPalette.tsx";
import { type Command, shortcutCommands } from "./commands.ts";
import { showFavicon } from "./favicon.ts";
import { Header } from "./Header.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { Nav } from "./Nav.tsx";
import { Notices } from "./Notices.tsx";
import { PageShortcuts } from "./PageShortcuts.tsx";
import { preloadViews } from "./preload-views.ts";
import { StatusLine } from "./StatusLine.tsx";
import { findView, useViews, type WorkbenchView } from "./views.tsx";

const BudgetsDialog = lazyPart(
  undefined,
  async () => (await import("../features/budgets/BudgetsDialog.tsx")).BudgetsDialog,
);
const ExportDialog = lazyPart(
  undefined,
  async () => (await import("../features/export/ExportDialog.tsx")).ExportDialog,
);
const VerdictStrip = lazyPart(
  undefined,
  async () => (await import("../features/problems/VerdictView.tsx")).VerdictStrip,
);

/** The whole page: header, filter, overview, notices, navigation, the view, and the status line. */
export function App({ address: initial }: { readonly address: Address }) {
  const [areLettersOn, setLettersOn] = useStoredFlag("inspector.letters", true);
  const [registry] = useState(() => new ActionRegistry());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [areBudgetsOpen, setBudgetsOpen] = useState(false);
  const [commands, setCommands] = useState<readonly Command[] | undefined>();
  const [exporting, setExporting] = useState<ExportPlace | undefined>();
  const shell = useShellState(initial, areLettersOn, setExporting);
  const { offline, exports } = useSessionStore().client;
  const onBudgets = offline ? undefined : () => setBudgetsOpen(true);
  const hasBudgets = useEver(areBudgetsOpen);
  const hasExport = useEver(exporting !== undefined);
  const filterInput = useRef<HTMLInputElement>(null);
  const views = useViews();
  const current = findView(views, shell.address.view);
  useKeyboard(registry, areLettersOn);
  const isConnected = useSessionPart(({ connection }) => connection.phase === "open");
  useEffect(() => (isConnected ? preloadViews(views) : undefined), [isConnected, views]);
  const title = useSessionPart(({ session }) => pageTitle(current.title, session));
  useEffect(() => {
    document.title = visibleLine(title);
  }, [title]);
  const isFailing = useSessionPart(({ session }) => (session?.problems?.errors ?? 0) > 0);
  useEffect(() => showFavicon(isFailing), [isFailing]);
  return (
    <ActionContext value={registry}>
      <ShellContext value={shell}>
        <PageShortcuts
          filterInput={filterInput}
          onHelp={() => setHelpOpen(true)}
          onCommands={() => setCommands([...shortcutCommands(registry), ...pageCommands(shell, views, onBudgets)])}
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
          <VerdictStrip />
          <div className={styles["body"]}>
            <Nav current={current} />
            <main className={styles["main"]} aria-label={current.title}>
              <current.component key={current.id} />
            </main>
          </div>
          <StatusLine onBudgets={onBudgets} />
          {hasBudgets && <BudgetsDialog isOpen={areBudgetsOpen} onClose={() => setBudgetsOpen(false)} />}
          {exports && hasExport && (
            <ExportDialog place={exporting} client={exports} onClose={() => setExporting(undefined)} />
          )}
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

function useShellState(initial: Address, areLettersOn: boolean, onExport: (place: ExportPlace) => void): Shell {
  const store = useSessionStore();
  const isFile = useSessionPart(({ session }) => session?.source === "file");
  const [wantsFollow, setFollow] = useState(
    initial.message === undefined &&
      initial.invocation === undefined &&
      initial.sort === undefined &&
      !(initial.view === "logs" && initial.item !== undefined),
  );
  const listRef = useRef<HTMLDivElement>(null);
  const [drafts] = useState(() => new Drafts());
  const isFollowing = wantsFollow && !isFile;
  const [address, move] = useAddress(initial, ({ filter, sort }) => {
    store.setFilter(filter.trim());
    // Whoever goes back to another order does not want the newest row, which would take it away again.
    if (sort !== undefined) {
      setFollow(false);
    }
  });
  const { list } = findView(useViews(), address.view);
  return useMemo(() => {
    const go = (change: Partial<Address>) => {
      move(change);
      // In another order the newest row is not the last one.
      if (change.sort !== undefined) {
        setFollow(false);
      }
      if (change.filter !== undefined) {
        store.setFilter(change.filter.trim());
      }
    };
    const openExport = (invocationId?: string) => {
      const exported = list === "messages" || list === "logs" ? "messages" : "invocations";
      onExport({ filter: list === undefined ? "" : address.filter.trim(), list: exported, invocationId });
    };
    return {
      address,
      go,
      narrow: (term, how) =>
        go({ filter: narrow(address.filter, term, how), ...(list === undefined && { view: "invocations" }) }),
      isFollowing,
      setFollow,
      areLettersOn,
      listRef,
      drafts,
      openExport: store.client.exports && openExport,
    };
  }, [address, move, store, isFollowing, areLettersOn, drafts, onExport, list]);
}

/** What the palette offers beside the shortcuts. */
function pageCommands(
  { address, go, openExport }: Shell,
  views: readonly WorkbenchView[],
  onBudgets: (() => void) | undefined,
): Command[] {
  const command = (group: string, title: string, run: () => void): Command => ({ title, group, keys: [], run });
  return [
    ...views.map((view) => command("View", view.title, () => go({ view: view.id }))),
    command("Filter", "Show failures only", () => go({ filter: addTerm(address.filter, "status:failed") })),
    command("Filter", "Show HTTP server errors only", () => go({ filter: addTerm(address.filter, "http:5xx") })),
    command("Filter", "Show what is in flight only", () => go({ filter: addTerm(address.filter, "is:inflight") })),
    command("Filter", "Show what took more than a second", () => go({ filter: addTerm(address.filter, "dur:>1s") })),
    command("List", "Slowest invocations first", () => go({ view: "invocations", sort: "-duration" })),
    command("List", "Warnings and errors in the log", () =>
      go({ view: "logs", filter: replaceTerm(address.filter, "level", "level:>=warning") }),
    ),
    command("Filter", "Clear the filter", () => go({ filter: "" })),
    ...(onBudgets ? [command("View", "Budgets", onBudgets)] : []),
    ...(openExport === undefined ? [] : [command("Session", "Export…", () => openExport())]),
    command("Look", "Theme of the system", () => applyTheme("system")),
    command("Look", "Light theme", () => applyTheme("light")),
    command("Look", "Dark theme", () => applyTheme("dark")),
  ];
}
