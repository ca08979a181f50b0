import { expect, test } from "vitest";
import { completeFilter } from "./complete.ts";

const seen = {
  kinds: ["rpc_log"],
  functions: ["OrderCreated", "hello", "Resize image"],
  workers: ["w1", "node"],
  triggers: ["httpTrigger"],
  categories: ["Host.Startup"],
  streams: [1, 2],
};

/** Completes at "|" and shows what the text becomes with the first few options. */
function complete(textWithCaret: string) {
  const caret = textWithCaret.indexOf("|");
  const text = textWithCaret.replace("|", "");
  const { from, to, options } = completeFilter(text, caret, seen);
  return options.slice(0, 3).map(({ label }) => text.slice(0, from) + label + text.slice(to));
}

test.each([
  ["|", ["kind:", "fn:", "status:"]],
  ["fn:x |", ["fn:x kind:", "fn:x fn:", "fn:x status:"]],
  ["ki|", ["kind:"]],
  ["-(ki|", ["-(kind:"]],
  ["Ord|", ["fn:OrderCreated"]],
  ["st|:x", ["status:x", "stream:x"]],
  ["fn:|", ["fn:OrderCreated", "fn:hello", 'fn:"Resize image"']],
  ['fn:"Res|', ['fn:"Resize image"']],
  ["fn:hello,O| a", ["fn:hello,OrderCreated a", "fn:hello,hello a"]],
  ["kind:|", ["kind:rpc_log", "kind:start_stream", "kind:worker_init_request"]],
  ["kind:inv|", ["kind:invocation_request", "kind:invocation_cancel", "kind:invocation_response"]],
  ["kind:on_load_resp|", ["kind:function_load_response", "kind:function_load_response_collection"]],
  ["status:f|", ["status:failed"]],
  ["level:>=w|", ["level:>=warning"]],
  ["-is:com|", ["-is:compressed"]],
  ["dur:|", ["dur:>", "dur:<"]],
  ["dur:>|", []],
  ["dur:>2|", ["dur:>2ns", "dur:>2us", "dur:>2ms"]],
  ["worker:|", ["worker:w1", "worker:node"]],
  ["trigger:|", ["trigger:httpTrigger"]],
  ["stream:|", ["stream:1", "stream:2"]],
  ["category:host|", ["category:Host.Startup"]],
  ["nothing:|", []],
  ['"free te|', []],
  ["/reg|ex/", []],
])("at the bar in %s", (text, expected) => {
  expect(complete(text)).toEqual(expected);
});
