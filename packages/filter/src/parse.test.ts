import { describe, expect, test } from "vitest";
import { formatFilter } from "./format.ts";
import { MAX_FILTER_LENGTH, parseFilter } from "./parse.ts";

function read(text: string) {
  const parsed = parseFilter(text);
  if (!parsed.ok) {
    throw new Error(`${parsed.message} at ${parsed.offset}`);
  }
  return parsed.filter;
}

describe("a filter", () => {
  test("of nothing lets everything through", () => {
    expect(read("")).toEqual({ type: "all" });
    expect(read("  \n ")).toEqual({ type: "all" });
  });

  test.each([
    // The left column means what the right one, in its canonical form, says.
    ["kind:invocation*  fn:Order*", "kind:invocation* fn:Order*"],
    ["a b OR c d", "a b OR c d"],
    ["(a OR b) c", "(a OR b) c"],
    ["a AND (b AND c)", "a b c"],
    ["((a))", "a"],
    ["a OR (b OR c)", "a OR b OR c"],
    ["NOT a", "-a"],
    ["--a", "a"],
    ["-(-(a))", "a"],
    ["-(a b)", "-(a b)"],
    ["or", "or"],
    ['"OR"', '"OR"'],
    ['"say \\"hi\\" \\\\ C:\\temp"', '"say \\"hi\\" \\\\ C:\\\\temp"'],
    ["a***b*", "a*b*"],
    ['"a*b"*', '"a*b"*'],
    ["10:30", '"10:30"'],
    ["/api/hello", '"/api/hello"'],
    ["/api/", "/api/"],
    ["/a (b|c)\\/ d/ e", "/a (b|c)\\/ d/ e"],
    ["KIND:rpc_LOG", "kind:rpc_LOG"],
    ['kind:""', 'kind:""'],
    ["kind:rpc_log,#40,Settlement/*", "kind:rpc_log,#40,Settlement/*"],
    ["status:Failure,OK", "status:failed,success"],
    ["http:500", "http:500"],
    ["http:5XX,404", "http:500..599,404"],
    ["http:>=4xx", "http:>=400"],
    ["http:>4xx", "http:>=500"],
    ["http:<=4xx", "http:<500"],
    ["status:500", "http:500"],
    ["status:5xx,>=400", "http:500..599,>=400"],
    ["-status:failed,5xx", "-(status:failed OR http:500..599)"],
    ["level:>=Warn", "level:>=warning"],
    ["level:error", "level:error"],
    ["dur:>1500MS", "dur:>1500ms"],
    ["dur:>60s", "dur:>1m"],
    ["dur:=0.5us", "dur:=500ns"],
    ["at:10s..1m", "at:10s..1m"],
    ["size:>=1.5KB,100", "size:>=1536b,100b"],
    ["size:2048", "size:2kb"],
    ["dur:<=3µs", "dur:<=3us"],
    ["stream:1,2..4", "stream:1,2..4"],
    ["a(b)", "a b"],
  ])("%s reads as %s", (text, canonical) => {
    expect(formatFilter(read(text))).toBe(canonical);
    expect(read(canonical)).toEqual(read(text));
  });
});

describe("a filter that cannot be read says where and what to write:", () => {
  test.each([
    // The caret stands below the offset that is reported.
    ["a OR ", "     ^", "nothing follows"],
    ["OR a", "^", "nothing stands before"],
    ["AND a", "^", "nothing stands before"],
    ["a OR OR b", "     ^", "nothing follows"],
    ["(a b", "    ^", "A ) is missing"],
    ["a ()", "   ^", "missing between"],
    ["a) b", " ^", "closes nothing"],
    ["a - b", "   ^", "left out"],
    ['fn:x "abc', "     ^", "has no end"],
    ['""', "^", "no text between"],
    ["kind:", "     ^", "as in kind:invocation*"],
    ["fn: x", "   ^", "No blank stands between them: fn:x."],
    ["kind:a*,,b", "        ^", "as in kind:invocation*"],
    ["kidn:rpc_log", "^", "Did you mean kind:"],
    ["fun:x", "^", "Did you mean fn:"],
    ["https://x", "^", "Did you mean http:?"],
    ["http://x", "     ^", "takes a number, as in http:5xx"],
    ["http:6xx", "     ^", "takes a number, as in http:5xx"],
    ["a status:failing", "         ^", "failed, success or cancelled"],
    ["level:>=wraning", "      ^", "Did you mean warning?"],
    ["kind:invocation", "     ^", "Did you mean kind:invocation*?"],
    ["kind:rpc_logs", "     ^", "Did you mean kind:rpc_log?"],
    ["fn:>x", "   ^", "goes in quotes"],
    ["dur:2s", "    ^", "dur:>2s"],
    ["dur:>2", "    ^", "a time in ns, us, ms, s, m or h"],
    ["size:>2tb", "     ^", "a size in b, kb, mb or gb"],
    ["stream:1.5", "       ^", "takes a number"],
    ["size:>99999999999gb", "     ^", "takes a size"],
    ["a /(/", "  ^", "regular expression"],
    ["a\0", " ^", "NUL"],
  ])("%s", (text, caret, message) => {
    const parsed = parseFilter(text);
    expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining(message), offset: caret.length - 1 });
  });

  test("parentheses that go too deep, and a text that is too long", () => {
    expect(parseFilter(`${"(".repeat(20)}a${")".repeat(20)}`)).toMatchObject({ ok: true });
    expect(parseFilter("(".repeat(1000))).toMatchObject({ ok: false, offset: 20 });
    expect(parseFilter("a ".repeat(MAX_FILTER_LENGTH))).toMatchObject({ ok: false, offset: MAX_FILTER_LENGTH });
    expect(parseFilter(`${"-".repeat(MAX_FILTER_LENGTH - 1)}a`)).toMatchObject({ ok: true });
  });
});
