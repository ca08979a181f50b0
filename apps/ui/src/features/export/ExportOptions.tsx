import { EXPORT_FORMATS, type ExportFormatName, type ExportPolicy } from "@inspector/contract/export";
import { useId } from "react";
import { Segments } from "../../shell/controls/Segments.tsx";
import { useFunctions } from "../../shell/data/workbench-queries.ts";
import styles from "./export.module.css";
import { CONFIRMATION, type ExportDraft, type ExportPlace, type ExportScope } from "./export-draft.ts";
import { POLICY_WORDS } from "./export-words.ts";

const POLICIES: readonly ExportPolicy[] = ["safe", "headers-only", "none"];

type OptionsProps = {
  readonly draft: ExportDraft;
  readonly place: ExportPlace;
  readonly onChange: (change: Partial<ExportDraft>) => void;
};

/** What is to leave, and how. */
export function ExportOptions(props: OptionsProps) {
  return (
    <form className={styles["options"]} onSubmit={(event) => event.preventDefault()} aria-label="Options of the export">
      <FormatFields {...props} />
      <ScopeFields {...props} />
      <ExclusionFields {...props} />
      <RedactionFields {...props} />
    </form>
  );
}

function FormatFields({ draft, onChange }: OptionsProps) {
  const formats = Object.entries(EXPORT_FORMATS) as [ExportFormatName, { title: string; isZipped: boolean }][];
  return (
    <fieldset>
      <legend>Format</legend>
      <select
        aria-label="Format"
        value={draft.format}
        onChange={(event) => {
          const format = formats.find(([name]) => name === event.target.value)?.[0];
          onChange({ format: format ?? draft.format });
        }}
      >
        {formats.map(([name, { title }]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      {EXPORT_FORMATS[draft.format].isZipped && (
        <label className={styles["check"]}>
          <input
            type="checkbox"
            checked={draft.isCompressed}
            onChange={(event) => onChange({ isCompressed: event.target.checked })}
          />
          Compressed (gzip)
        </label>
      )}
    </fieldset>
  );
}

function ScopeFields({ draft, place, onChange }: OptionsProps) {
  const name = useId();
  const scopes: readonly (readonly [ExportScope, string, string | undefined])[] = [
    ["session", "All of the session", undefined],
    ...(place.filter === "" ? [] : [["filter", `The ${place.list} of this filter`, place.filter] as const]),
    ...(place.invocationId === undefined ? [] : [["invocation", "This invocation", place.invocationId] as const]),
  ];
  return (
    <fieldset>
      <legend>What</legend>
      {scopes.map(([scope, title, detail]) => (
        <label key={scope} className={styles["check"]}>
          <input type="radio" name={name} checked={draft.scope === scope} onChange={() => onChange({ scope })} />
          <span>
            {title}
            {detail !== undefined && <code title={detail}>{detail}</code>}
          </span>
        </label>
      ))}
      <div className={styles["window"]}>
        <label className={styles["field"]}>
          <span>From, in s</span>
          <input
            type="number"
            min={0}
            step="any"
            value={draft.from}
            onChange={(event) => onChange({ from: event.target.value })}
          />
        </label>
        <label className={styles["field"]}>
          <span>To, in s</span>
          <input
            type="number"
            min={0}
            step="any"
            value={draft.to}
            onChange={(event) => onChange({ to: event.target.value })}
          />
        </label>
      </div>
    </fieldset>
  );
}

function ExclusionFields({ draft, onChange }: OptionsProps) {
  const { data: functions = [] } = useFunctions();
  const names = [...new Set(functions.map((fn) => fn.name))].sort();
  const toggle = (name: string, isOut: boolean) =>
    onChange({ functions: isOut ? [...draft.functions, name] : draft.functions.filter((one) => one !== name) });
  return (
    <fieldset>
      <legend>Leave out</legend>
      {draft.policy !== "none" && (
        <label className={styles["check"]}>
          <input
            type="checkbox"
            checked={draft.dropsBodies}
            onChange={(event) => onChange({ dropsBodies: event.target.checked })}
          />
          Bodies
        </label>
      )}
      <label className={styles["check"]}>
        <input
          type="checkbox"
          checked={draft.dropsOutput}
          onChange={(event) => onChange({ dropsOutput: event.target.checked })}
        />
        Output of processes
      </label>
      {names.length > 0 && (
        <details className={styles["functions"]} open={draft.functions.length > 0}>
          <summary>Functions{draft.functions.length > 0 && `: ${draft.functions.length}`}</summary>
          <ul>
            {names.map((name) => (
              <li key={name}>
                <label className={styles["check"]}>
                  <input
                    type="checkbox"
                    checked={draft.functions.includes(name)}
                    onChange={(event) => toggle(name, event.target.checked)}
                  />
                  <span>{name}</span>
                </label>
              </li>
            ))}
          </ul>
        </details>
      )}
      <label className={styles["field"]}>
        <span>Invocations, by id</span>
        <input
          value={draft.invocations}
          spellCheck={false}
          placeholder="7f3c, 81a0"
          onChange={(event) => onChange({ invocations: event.target.value })}
        />
      </label>
    </fieldset>
  );
}

function RedactionFields({ draft, onChange }: OptionsProps) {
  return (
    <fieldset>
      <legend>Redaction</legend>
      <Segments label="Policy" options={POLICIES} value={draft.policy} onChange={(policy) => onChange({ policy })} />
      <p data-policy={draft.policy}>{POLICY_WORDS[draft.policy]}</p>
      {draft.policy === "none" ? (
        <label className={styles["field"]}>
          <span>
            Type <code>{CONFIRMATION}</code> to go on
          </span>
          <input
            value={draft.confirmation}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ confirmation: event.target.value })}
          />
        </label>
      ) : (
        <label className={styles["field"]}>
          <span>Your own words, or /patterns/, one a line</span>
          <textarea
            rows={3}
            value={draft.own}
            spellCheck={false}
            placeholder={"Contoso\n/project-\\d+/"}
            onChange={(event) => onChange({ own: event.target.value })}
          />
        </label>
      )}
    </fieldset>
  );
}
