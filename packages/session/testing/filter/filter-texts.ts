/** Arbitrary filters, as people write them, over the values that arbitrary scenes hold. */
import fc from "fast-check";

export const WORDS = [
  "Order",
  "order",
  "created",
  "a b",
  "%",
  "_",
  "\\",
  '"',
  "'",
  "f1",
  "inv",
  "100%_\\ done",
  "É",
  "é",
  "*",
  "(",
  "OR",
  "/x",
  "500",
  "404",
];
const SQL_WORDS = ["'; DROP TABLE message; --", "?1", "$a", "\u2028", "😀", "\ud800"];

export const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const patternText = fc.oneof(
  pick(
    "Order*",
    "*created",
    "f*",
    "inv*",
    "invocation*",
    "abc*",
    "node",
    "http*",
    "*",
    "*e*e*",
    "#*",
    "settlement/*",
    "Host",
  ),
  pick(...WORDS, ...SQL_WORDS).map((word) => `"${word.replace(/["\\]/g, "\\$&")}"`),
  fc.string({ maxLength: 6 }).map((text) => `"${text.replace(/["\\]/g, "\\$&").replaceAll("\0", "")}x"*`),
);

const comparison = (...units: readonly string[]) =>
  fc.oneof(
    fc.tuple(pick(">", ">=", "<", "<=", "="), fc.nat(5000), pick(...units)).map((parts) => parts.join("")),
    fc.tuple(fc.nat(2000), pick(...units), fc.nat(5000)).map(([from, unit, to]) => `${from}${unit}..${to}${unit}`),
  );

const TRAITS = [
  "error",
  "log",
  "request",
  "response",
  "empty",
  "unknown",
  "undecodable",
  "compressed",
  "truncated",
  "damaged",
  "dropped",
  "inflight",
  "lost",
  "cancelled",
  "retried",
  "orphan",
  "late",
  "system",
  "duplicate",
];

const termText = fc.oneof(
  patternText,
  fc.tuple(pick("fn", "trigger", "worker", "id", "category", "text"), patternText).map((parts) => parts.join(":")),
  fc.tuple(pick("fn", "text"), patternText, patternText).map(([key, a, b]) => `${key}:${a},${b}`),
  pick(
    "kind:rpc_log",
    "kind:invocation*",
    'kind:""',
    "kind:#40",
    "kind:*",
    "kind:undecodable",
    "kind:Settlement/*,*load*",
  ),
  pick(
    "status:failed",
    "status:ok,cancelled",
    "side:host",
    "side:worker",
    "level:>=warning",
    "level:debug",
    "level:<=info,error",
  ),
  pick(...TRAITS).map((is) => `is:${is}`),
  comparison("ms", "us").map((test) => `dur:${test}`),
  comparison("ms").map((test) => `at:${test}`),
  comparison("b", "kb").map((test) => `size:${test}`),
  pick("http:5xx", "http:>=400", "http:404", "http:4xx,500..599", "status:500", "status:failed,5xx", "http:<=4xx"),
  pick("stream:1", "stream:>1", "stream:1..2"),
  pick("/order/", "/^inv-\\d$/", "/(a|%) b?/", "/\\/x/", "/[_]response$/"),
);

export const { filterText } = fc.letrec<{ filterText: string; unary: string }>((tie) => ({
  unary: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    termText,
    tie("filterText").map((text) => `(${text})`),
    tie("unary").map((text) => `-${text}`),
  ),
  filterText: fc
    .array(fc.array(tie("unary"), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((lists) => lists.map((list) => list.join(" ")).join(" OR ")),
}));
