import type { MouseEvent } from "react";
import { changeAddress, formatAddress } from "../shell/page/address.ts";
import { useShell } from "../shell/page/shell-context.ts";
import styles from "./Nav.module.css";
import { useViews, type WorkbenchView } from "./views.tsx";

/** The views of the workbench, as links that work like links. */
export function Nav({ current }: { readonly current: WorkbenchView }) {
  const views = useViews();
  return (
    <nav className={styles["nav"]} aria-label="Views">
      {views.map((view) => (
        <ViewLink key={view.id} view={view} isCurrent={view === current} />
      ))}
    </nav>
  );
}

function ViewLink({ view, isCurrent }: { readonly view: WorkbenchView; readonly isCurrent: boolean }) {
  const { address, go } = useShell();
  const { icon: Icon, badge: Badge } = view;
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    go({ view: view.id });
  };
  return (
    <a
      href={`${location.pathname}${formatAddress(location.search, changeAddress(address, { view: view.id }))}`}
      aria-current={isCurrent ? "page" : undefined}
      className={styles["view"]}
      title={view.title}
      onClick={onClick}
    >
      <Icon size={14} aria-hidden />
      <span className={styles["label"]}>{view.title}</span>
      {Badge && (
        <span className={styles["count"]} data-calls={view.isCalling}>
          <Badge />
        </span>
      )}
    </a>
  );
}
