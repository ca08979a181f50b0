import type { FunctionTotal } from "@inspector/contract/page";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { useSessionState } from "../../shell/data/session-context.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import detailStyles from "../detail/detail.module.css";
import { rowState, workerRows } from "./function-rows.ts";
import { TableBlock } from "./TableBlock.tsx";

type WorkersTableProps = { readonly total: FunctionTotal; readonly onSelect: (key: string) => void };

/** How a function fared in each of its workers. */
export function WorkersTable({ total, onSelect }: WorkersTableProps) {
  const { session } = useSessionState();
  const rows = workerRows(total, session?.streams ?? []);
  return (
    <TableBlock title="Workers" count={rows.length}>
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
              <StatusMark {...rowState(row)} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableBlock>
  );
}
