import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../shell/controls/Button.tsx";
import { useSessionState, useSessionStore } from "../shell/data/session-context.ts";
import { useNow } from "../shell/page/useNow.ts";
import styles from "./Notices.module.css";
import { listNotices } from "./notices.ts";

const GLYPHS = { bad: CircleAlert, warn: TriangleAlert, info: Info };

/** The strips above the list. One that was closed comes back when it has something else to say. */
export function Notices() {
  const store = useSessionStore();
  const { connection, session, events } = useSessionState();
  const now = useNow(1000);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const notices = listNotices(connection, session, events, now);
  return (
    <div className={styles["notices"]} aria-live="polite">
      {notices
        .filter(({ id, title, text }) => !closed.has(`${id} ${title} ${text}`))
        .map(({ id, tone, title, text, canRetry, link }) => {
          const Glyph = GLYPHS[tone];
          return (
            <div key={id} className={styles["notice"]} data-tone={tone}>
              <Glyph size={14} aria-hidden />
              <p>
                <b>{title}.</b> {text} {link && <a href={link.href}>{link.text}</a>}
              </p>
              {canRetry && (
                <Button size="small" onClick={() => store.retryNow()}>
                  Try now
                </Button>
              )}
              {!canRetry && (
                <Button
                  size="small"
                  look="plain"
                  shape="icon"
                  aria-label={`Close: ${title}`}
                  onClick={() => setClosed(new Set(closed).add(`${id} ${title} ${text}`))}
                >
                  <X size={13} aria-hidden />
                </Button>
              )}
            </div>
          );
        })}
    </div>
  );
}
