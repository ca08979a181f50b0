/** Loaded when somebody begins to write: the filter's grammar is as large as the list itself. */
export { completeFilter } from "@inspector/filter/complete";
