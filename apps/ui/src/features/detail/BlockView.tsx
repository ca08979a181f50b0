import { type ReactNode, useState } from "react";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { Segments } from "../../shell/controls/Segments.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { hasColours } from "../../shell/format/ansi.ts";
import { httpTone } from "../../shell/format/exchange.ts";
import type { Tone } from "../../shell/format/message.ts";
import { LoggedText } from "../../shell/json/LoggedText.tsx";
import { WholeText } from "../../shell/json/WholeText.tsx";
import styles from "./detail.module.css";
import { FactsList } from "./FactsList.tsx";
import type { Block, ExceptionInfo } from "./message-blocks.ts";
import { HttpView, JsonValueView, ValuesView } from "./ValueView.tsx";

/** One part of a message; see message-blocks.ts. */
export function BlockView({ block }: { readonly block: Block }) {
  switch (block.type) {
    case "request":
    case "response":
      return (
        <section className={styles["block"]}>
          <h3>
            {block.type === "request" ? "Request" : "Response"}
            <span className={styles["count"]}>{block.title}</span>
          </h3>
          <HttpView http={block.http} />
        </section>
      );
    case "result":
      return (
        <section className={styles["block"]}>
          <h3>Result</h3>
          {block.http === undefined ? (
            <StatusMark tone={resultTone(block.status)} label={block.status} />
          ) : (
            <p className={styles["results"]}>
              <StatusMark tone={httpTone(block.http)} label={`HTTP ${block.http}`} />
              <StatusMark
                tone={resultTone(block.status) === "good" ? "mute" : resultTone(block.status)}
                label={`${block.status}, says the worker`}
              />
            </p>
          )}
          {block.text !== undefined && <TextBox text={block.text} />}
        </section>
      );
    case "exception":
      return <ExceptionView exception={block.exception} />;
    case "log":
      return (
        <section className={styles["block"]}>
          <h3>
            {block.level}
            <CopyButton label="Copy the text" text={block.text} isIcon />
          </h3>
          <TextBox text={block.text} />
        </section>
      );
    case "facts":
      return (
        <section className={styles["block"]}>
          <h3>{block.title}</h3>
          <FactsList facts={block.facts} hasCopy={block.hasCopy ?? false} />
        </section>
      );
    case "values":
      return (
        <section className={styles["block"]}>
          <h3>
            {block.title}
            <span className={styles["count"]}>{block.values.length}</span>
          </h3>
          <ValuesView values={block.values} />
        </section>
      );
    case "json":
      return (
        <section className={styles["block"]}>
          <JsonValueView title={block.title} value={block.value} openDepth={2} />
        </section>
      );
  }
}

function ExceptionView({ exception }: { readonly exception: ExceptionInfo }) {
  const { type, message, source, stack, isUser } = exception;
  const origin = [isUser && "thrown by the app's code", source !== undefined && `source ${source}`].filter(Boolean);
  return (
    <section className={styles["block"]} aria-label="Exception">
      <div className={styles["exception"]}>
        <p>
          <LoggedText text={type === undefined ? message : `${type}: ${message}`} />
        </p>
        {origin.length > 0 && <small>{origin.join(", ")}</small>}
      </div>
      {stack !== undefined && (
        <>
          <h3>
            Stack
            <CopyButton label="Copy the stack" text={stack} isIcon />
          </h3>
          <TextBox text={stack} />
        </>
      )}
    </section>
  );
}

/** Text for people, with its colours where a terminal would have them; as it was sent on demand. */
function TextBox({ text }: { readonly text: string }) {
  const [isRaw, setRaw] = useState(false);
  return (
    <>
      {hasColours(text) && (
        <Segments
          label="Escape sequences"
          options={["coloured", "as sent"]}
          value={isRaw ? "as sent" : "coloured"}
          onChange={(form) => setRaw(form === "as sent")}
        />
      )}
      <TextFrame>
        <WholeText key={String(isRaw)} text={text} isLogged={!isRaw} />
      </TextFrame>
    </>
  );
}

function TextFrame({ children }: { readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <pre className={styles["log"]} tabIndex={0}>
      {children}
    </pre>
  );
}

function resultTone(status: string): Tone {
  if (status === "Success") {
    return "good";
  }
  return status === "Cancelled" ? "warn" : "bad";
}
