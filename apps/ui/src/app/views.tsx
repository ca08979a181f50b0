import {
  Archive,
  ArrowLeftRight,
  Cpu,
  Hand,
  Logs,
  type LucideIcon,
  SquareFunction,
  TriangleAlert,
  Workflow,
} from "lucide-react";
import type { ComponentType } from "react";
import type { FilteredView } from "../features/filter/FilterBar.tsx";
import { HoldCount } from "../features/holds/HoldCount.tsx";
import { ProblemsBadge } from "../features/problems/ProblemsBadge.tsx";
import { useSessionPart, useSessionStore } from "../shell/data/session-context.ts";
import { useWorkers } from "../shell/data/workbench-queries.ts";
import { countInvocations } from "../shell/format/count.ts";
import { formatCount } from "../shell/format/time.ts";
import type { ViewId } from "../shell/page/address.ts";
import { type LazyPart, lazyPart } from "../shell/panes/Part.tsx";

/** A view of the workbench. It takes no props: {@link useShell} gives it what the page knows. */
export type WorkbenchView = {
  readonly id: ViewId;
  readonly title: string;
  readonly icon: LucideIcon;
  /** The number beside its name. It is loaded with the shell, so it should import little. */
  readonly badge?: ComponentType;
  /** That number asks for somebody: where names have no room, it stands beside the icon. */
  readonly isCalling?: true;
  /** The list that it shows, which has the filter and the overview above it. */
  readonly list?: FilteredView;
  readonly component: LazyPart<object>;
  /** It is about what is recorded right now, and not there in a page without a server. */
  readonly isOfHub?: true;
};

/** All views, in the order of the navigation. To add one, write a folder and name it here. */
const VIEWS: readonly WorkbenchView[] = [
  {
    id: "invocations",
    title: "Invocations",
    icon: Workflow,
    badge: InvocationCount,
    list: "invocations",
    component: lazyPart(
      "invocations",
      async () => (await import("../features/invocations/InvocationsView.tsx")).InvocationsView,
    ),
  },
  {
    id: "messages",
    title: "Messages",
    icon: ArrowLeftRight,
    badge: MessageCount,
    list: "messages",
    component: lazyPart("messages", async () => (await import("../features/messages/MessagesView.tsx")).MessagesView),
  },
  {
    id: "logs",
    title: "Logs",
    icon: Logs,
    list: "logs",
    component: lazyPart("logs", async () => (await import("../features/logs/LogsView.tsx")).LogsView),
  },
  {
    id: "functions",
    title: "Functions",
    icon: SquareFunction,
    component: lazyPart(
      "functions",
      async () => (await import("../features/functions/FunctionsView.tsx")).FunctionsView,
    ),
  },
  {
    id: "workers",
    title: "Workers",
    icon: Cpu,
    component: lazyPart("workers", async () => (await import("../features/workers/WorkersView.tsx")).WorkersView),
  },
  {
    id: "problems",
    title: "Problems",
    icon: TriangleAlert,
    badge: ProblemsBadge,
    isCalling: true,
    component: lazyPart("problems", async () => (await import("../features/problems/ProblemsView.tsx")).ProblemsView),
  },
  {
    id: "holds",
    title: "Holds",
    icon: Hand,
    badge: HoldCount,
    isCalling: true,
    isOfHub: true,
    component: lazyPart("holds", async () => (await import("../features/holds/HoldsView.tsx")).HoldsView),
  },
  {
    id: "sessions",
    title: "Sessions",
    icon: Archive,
    component: lazyPart("sessions", async () => (await import("../features/sessions/SessionsView.tsx")).SessionsView),
  },
];

const OFFLINE_VIEWS = VIEWS.filter(({ isOfHub }) => isOfHub !== true);

/** Those that there are in this page. */
export function useViews(): readonly WorkbenchView[] {
  const { offline } = useSessionStore().client;
  return offline ? OFFLINE_VIEWS : VIEWS;
}

/** The view of that id, or the first where it does not exist. */
export function findView(views: readonly WorkbenchView[], id: ViewId): WorkbenchView {
  const view = views.find((candidate) => candidate.id === id) ?? views[0];
  if (view === undefined) {
    throw new Error("There are no views");
  }
  return view;
}

function MessageCount() {
  const store = useSessionStore();
  return formatCount(useSessionPart(() => store.total));
}

function InvocationCount() {
  const { data = [] } = useWorkers();
  return formatCount(countInvocations(data));
}
