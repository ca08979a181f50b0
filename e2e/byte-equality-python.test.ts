import { describePairings } from "./byte-equality.ts";

await describePairings("python");
