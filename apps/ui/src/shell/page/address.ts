import type { Seq } from "@inspector/contract/page";

export const VIEW_IDS = [
  "invocations",
  "messages",
  "logs",
  "functions",
  "workers",
  "problems",
  "holds",
  "sessions",
] as const;

export type ViewId = (typeof VIEW_IDS)[number];

/** What a link to the page reproduces. */
export type Address = {
  readonly view: ViewId;
  readonly filter: string;
  /** Selected in the list of messages. */
  readonly message: Seq | undefined;
  /** Selected in the list of invocations: an invocation's or a start-up step's id. */
  readonly invocation: Seq | undefined;
  /** The invocation that the selected one is compared with. */
  readonly with: Seq | undefined;
  /** Selected in any other view, in that view's own terms. */
  readonly item: string | undefined;
  /** The open tab of what is selected; undefined stands for the first. */
  readonly tab: string | undefined;
  /** The order of the list of invocations, "-duration"; undefined for that in which they began. */
  readonly sort: string | undefined;
  /** In the holds: the recorded answer that others are to be answered like. */
  readonly like: Seq | undefined;
  /** How rows look, "wrap raw"; undefined for what is usual. */
  readonly look: string | undefined;
};

/** Reads the part of a URL behind "?". A link to a message alone opens the messages. */
export function parseAddress(search: string): Address {
  const parameters = new URLSearchParams(search);
  const message = readSeq(parameters.get("message"));
  const view = VIEW_IDS.find((id) => id === parameters.get("view"));
  return {
    view: view ?? (message === undefined ? "invocations" : "messages"),
    filter: parameters.get("filter") ?? "",
    message,
    invocation: readSeq(parameters.get("invocation")),
    with: readSeq(parameters.get("with")),
    item: parameters.get("item") ?? undefined,
    tab: parameters.get("tab") ?? undefined,
    sort: parameters.get("sort") ?? undefined,
    like: readSeq(parameters.get("like")),
    look: parameters.get("look") ?? undefined,
  };
}

/** The address after a change. What is selected in one view means nothing in the next, and another invocation is compared with another one. */
export function changeAddress(was: Address, change: Partial<Address>): Address {
  const isOther = change.view !== undefined && change.view !== was.view;
  const isOtherCall = "invocation" in change && change.invocation !== was.invocation;
  return {
    ...was,
    ...(isOther && { item: undefined, tab: undefined, like: undefined, look: undefined, with: undefined }),
    ...(isOtherCall && { with: undefined }),
    ...change,
  };
}

/** Whether a change is a step that "back" undoes: another view, or what takes a view's list away. */
export function isStep(was: Address, next: Address): boolean {
  const isComparison = ({ item }: Address) => item?.startsWith(COMPARISON) === true;
  return was.view !== next.view || isComparison(was) !== isComparison(next);
}

/** What the item of a comparison begins with; it takes the place of the list that it was chosen from. */
export const COMPARISON = "compare ";

/** Writes an address into a URL's search part; what else is in it (the session) stays. */
export function formatAddress(search: string, address: Address): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(address)) {
    if (value === undefined || value === "") {
      parameters.delete(name);
    } else {
      parameters.set(name, String(value));
    }
  }
  if (address.view === "invocations" && address.message === undefined) {
    parameters.delete("view");
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

function readSeq(text: string | null): Seq | undefined {
  const seq = Number(text);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : undefined;
}
