import type { FunctionTotal } from "@inspector/contract/page";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { useSessionState } from "../../shell/data/session-context.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import detailStyles from "../detail/detail.module.css";
import { listFunctions, rowStatus } from "./function-rows.ts";
import styles from "./functions.module.css";

type WorkersTableProps = { readonly total: FunctionTotal; readonly onSelect: (key: string) => void };

/** How a function fared in each of its workers. */
export function WorkersTable({ total, onSelect }: WorkersTableProps) {
  const { session } = useSessionState();
  const lines = listFunctions([total], session?.streams ?? [], undefined, new Set([total.name]));
  const rows = lines.flatMap((line) => (line.type === "row" && line.row.worker ? [line.row] : []));
  return (
    <div className={detailStyles["block"]}>
      <h3 id="workers">
        Workers <span className={detailStyles["count"]}>{rows.length}</span>
      </h3>
      <table className={styles["table"]} aria-labelledby="workers">
        <thead>
          <tr>
            <th scope="col">Worker</th>
            {["Calls", "Failed", "p50", "p95"].map((title) => (
              <th key={title} scope="col" data-number>
                {title}
              </th>
            ))}
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td>
                <button type="button" className={detailStyles["link"]} onClick={() => onSelect(row.key)}>
                  {row.title}
                </button>
              </td>
              <td data-number>
                <Count count={row.figures.calls} />
              </td>
              <td data-number>
                <Count count={row.figures.failures} />
              </td>
              <td data-number>
                <Span span={row.figures.p50} />
              </td>
              <td data-number>
                <Span span={row.figures.p95} />
              </td>
              <td>
                <StatusMark {...(rowStatus(row) ?? { tone: "good", label: "loaded" })} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
