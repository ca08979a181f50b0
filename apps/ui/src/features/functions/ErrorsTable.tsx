import type { FunctionError, Seq } from "@inspector/contract/page";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useFunctionErrors } from "../../shell/data/workbench-queries.ts";
import { formatMoment } from "../../shell/format/time.ts";
import { Count } from "../../shell/panes/cells.tsx";
import detailStyles from "../detail/detail.module.css";
import styles from "./functions.module.css";
import { TableBlock } from "./TableBlock.tsx";

type ErrorsTableProps = {
  readonly name: string;
  readonly failures: number;
  readonly onInvocation: (id: Seq) => void;
};

/** What went wrong, by what was said: how often, when first and when last, each a click away. */
export function ErrorsTable({ name, failures, onInvocation }: ErrorsTableProps) {
  const { data } = useFunctionErrors(name, failures);
  if (data === undefined || data.length === 0) {
    return null;
  }
  return (
    <TableBlock title="Errors" count={data.length}>
      <thead>
        <tr>
          <th scope="col">What was said; numbers and ids differ</th>
          <th scope="col" data-number>
            Times
          </th>
          <th scope="col">First, last</th>
        </tr>
      </thead>
      <tbody>
        {data.map((error) => (
          <tr key={error.first.invocation}>
            <td className={styles["said"]}>{error.text === "" ? "It failed without a message." : error.text}</td>
            <td data-number>
              <Count count={error.count} />
            </td>
            <td className={styles["moments"]}>
              <Moment what="first" moment={error.first} onInvocation={onInvocation} />
              {error.count > 1 && <Moment what="last" moment={error.last} onInvocation={onInvocation} />}
            </td>
          </tr>
        ))}
      </tbody>
    </TableBlock>
  );
}

type MomentProps = Pick<ErrorsTableProps, "onInvocation"> & {
  readonly what: "first" | "last";
  readonly moment: FunctionError["first"];
};

function Moment({ what, moment, onInvocation }: MomentProps) {
  const { session } = useSessionState();
  return (
    <button
      type="button"
      className={detailStyles["link"]}
      title={`Open the ${what} of these invocations`}
      onClick={() => onInvocation(moment.invocation)}
    >
      {session ? formatMoment(session.startedAt, moment.at) : `#${moment.invocation}`}
    </button>
  );
}
