import type { Seq } from "@inspector/contract/page";
import { useState } from "react";
import { useShell } from "../page/shell-context.ts";
import { useGridKeys } from "./useGridKeys.ts";
import { type SelectList, type SelectListOptions, useSelectList } from "./useSelectList.ts";

type ListWithDetailOptions = Pick<SelectListOptions, "column" | "length" | "rowHeight" | "captions" | "selected"> & {
  /** Puts the selection into the address. */
  readonly onSelect: (seq: Seq | undefined) => void;
  /** Its last row is not the newest one: there is nothing to follow. */
  readonly isSorted?: boolean;
};

export type ListWithDetail = {
  readonly list: SelectList;
  /** Selects a row, opens its detail and stops following. */
  readonly open: (seq: Seq) => void;
  /** Whether the selected row's detail stands beside the list: Enter opens and Escape closes it. */
  readonly isDetailOpen: boolean;
  readonly openDetail: () => void;
  readonly closeDetail: () => void;
};

/** A list of numbered rows that grows, its keys, and the detail of the selected row beside it. */
export function useListWithDetail({ onSelect, isSorted = false, ...options }: ListWithDetailOptions): ListWithDetail {
  const { listRef, ...shell } = useShell();
  const isFollowing = shell.isFollowing && !isSorted;
  const setFollow = isSorted ? ignore : shell.setFollow;
  const { selected } = options;
  const [isDetailOpen, setDetailOpen] = useState(selected !== undefined);
  const list = useSelectList({ ...options, isSorted, gridRef: listRef, isFollowing, onSelect, onFollow: setFollow });
  const closeDetail = () => {
    setDetailOpen(false);
    listRef.current?.focus();
  };
  useGridKeys(list, {
    onOpen: () => (selected === undefined ? list.step(1) : setDetailOpen(true)),
    onClose: () => (isDetailOpen ? closeDetail() : onSelect(undefined)),
  });
  return {
    list,
    open: (seq) => {
      setFollow(false);
      onSelect(seq);
      setDetailOpen(true);
      list.show(seq);
    },
    isDetailOpen,
    openDetail: () => setDetailOpen(true),
    closeDetail,
  };
}

function ignore(): void {}
