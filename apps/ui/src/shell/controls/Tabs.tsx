import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import styles from "./Tabs.module.css";

export type TabInfo<T extends string> = { readonly id: T; readonly title: string; readonly count?: number };

type TabsProps<T extends string> = {
  readonly label: string;
  readonly tabs: readonly TabInfo<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly children: ReactNode;
};

/** Tabs and the panel of the chosen one, as the ARIA practices want them: one tab stop, arrows choose. */
export function Tabs<T extends string>({ label, tabs, value, onChange, children }: TabsProps<T>) {
  const id = useId();
  const chosen = useRef<HTMLButtonElement>(null);
  // In a narrow pane not all of them are in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value is another button
  useLayoutEffect(() => {
    chosen.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [value, tabs.length]);
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
      <div role="tablist" aria-label={label} className={styles["tabs"]} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            ref={tab.id === value ? chosen : undefined}
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
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className={styles["panel"]}>
        {children}
      </div>
    </>
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
