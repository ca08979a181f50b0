import type { MessageDetail } from "@inspector/contract/page";
import { createContext, useContext } from "react";

/** The message that is shown, for the values in it whose content stands elsewhere. */
export const CopiesContext = createContext<MessageDetail | undefined>(undefined);

export function useCopiedMessage(): MessageDetail | undefined {
  return useContext(CopiesContext);
}
