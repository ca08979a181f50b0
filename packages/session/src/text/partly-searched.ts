/** What a search for free text does not look through. */

import type { PartlySearched } from "@inspector/contract/page";
import type { Filter } from "@inspector/filter/filter";
import { type Database, numberOf } from "../database.ts";
import { MAX_TEXT_CHARS } from "./message-text.ts";

/** Messages of which a filter may have missed what stands beyond their beginning; none of a filter that looks for no free text. */
export function partlySearched(database: Database, filter: Filter): PartlySearched {
  const count = hasFreeText(filter)
    ? numberOf(database.prepare("SELECT count(*) AS count FROM message WHERE size > ?").get(MAX_TEXT_CHARS)?.["count"])
    : 0;
  return { count, characters: MAX_TEXT_CHARS };
}

function hasFreeText(filter: Filter): boolean {
  switch (filter.type) {
    case "and":
    case "or":
      return filter.items.some(hasFreeText);
    case "not":
      return hasFreeText(filter.item);
    case "match":
      return filter.key === "text";
    default:
      return filter.type === "text" || filter.type === "regex";
  }
}
