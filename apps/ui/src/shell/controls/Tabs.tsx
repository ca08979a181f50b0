import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useLayoutEffect, useRef } from "react";
import styles from "./Tabs.module.css";
import { useScrollEdges } from "./useScrollEdges.ts";

export type TabInfo<T extends string> = { readonly id: T; readonly title: string; readonly count?: number };

type TabsProps<T extends string> = {
  readonly label: string;
  readonly tabs: readonly TabInfo<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly children: ReactNode;
};

/** How much of what is in sight a click on an arrow scrolls. */
const STEP = 0.7;

/**
 * Tabs and the panel of the chosen one, as the ARIA practices want them: one tab stop, arrows choose. They stand on one
 * line, which is scrolled where it has no room for all; the chosen one is in sight.
 */
export function Tabs<T extends string>({ label, tabs, value, onChange, children }: TabsProps<T>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const edges = useScrollEdges(list, tabs.map(({ id }) => id).join());
  const isCut = edges.start || edges.end;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is the chosen one, or not all have room any more
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [value, isCut]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const target = targetOf(
      event.key,
      tabs.findIndex((tab) => tab.id === value),
      tabs.length,
    );
    const tab = target === undefined ? undefined : tabs[target];
    if (target === undefined || !tab) {
      return;
    }
    event.preventDefault();
    onChange(tab.id);
    const button = event.currentTarget.children[target];
    if (button instanceof HTMLElement) {
      button.focus();
    }
  };
  return (
    <>
      <div className={styles["strip"]}>
        <div ref={list} role="tablist" aria-label={label} className={styles["tabs"]} onKeyDown={onKeyDown}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}-${tab.id}`}
              aria-controls={`${id}-panel`}
              aria-selected={tab.id === value}
              tabIndex={tab.id === value ? 0 : -1}
              onClick={() => onChange(tab.id)}
            >
              {tab.title}
              {tab.count !== undefined && <span className={styles["count"]}>{tab.count}</span>}
            </button>
          ))}
        </div>
        {edges.start && <More edge="start" list={list} />}
        {edges.end && <More edge="end" list={list} />}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className={styles["panel"]}>
        {children}
      </div>
    </>
  );
}

type MoreProps = { readonly edge: "start" | "end"; readonly list: RefObject<HTMLElement | null> };

/** For the pointer: keys go through the tabs themselves. */
function More({ edge, list }: MoreProps) {
  const Arrow = edge === "start" ? ChevronLeft : ChevronRight;
  const scroll = () => {
    const element = list.current;
    element?.scrollBy({ left: element.clientWidth * (edge === "start" ? -STEP : STEP) });
  };
  return (
    <button type="button" aria-hidden tabIndex={-1} className={styles["more"]} data-edge={edge} onClick={scroll}>
      <Arrow size={14} aria-hidden />
    </button>
  );
}

function targetOf(key: string, index: number, count: number): number | undefined {
  if (key === "ArrowRight") {
    return (index + 1) % count;
  }
  if (key === "ArrowLeft") {
    return (index - 1 + count) % count;
  }
  if (key === "Home") {
    return 0;
  }
  return key === "End" ? count - 1 : undefined;
}
