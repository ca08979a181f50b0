/**
 * Secrets that show by their form.
 *
 * Signatures and lengths of keys are those that Microsoft publishes for its own scanners (microsoft/security-utilities, MIT,
 * GeneratedRegexPatterns/PreciselyClassifiedSecurityKeys.json). No expression here backtracks over more than some hundred characters.
 */

import { HAS, type Traits } from "./traits.ts";

export type Shape = {
  readonly label: string;
  /** Its last group that matched is the secret; without groups all of it. */
  readonly expression: RegExp;
};

const BASE64_BEFORE = "(?<![A-Za-z0-9+/_-])";
const BASE64_BEHIND = "(?![A-Za-z0-9+/_=-])";

/** 64 bytes of key: 76 characters, the signature, and a checksum. */
function longKey(label: string, signature: string): Shape {
  const body = `[A-Za-z0-9+/]{76}${signature}[A-Za-z0-9+/]{5}[AQgw]==`;
  return { label, expression: new RegExp(`${BASE64_BEFORE}(?:${body})${BASE64_BEHIND}`, "gu") };
}

/** 32 bytes of key: 33 characters, the signature, and a checksum. */
function shortKey(label: string, signature: string): Shape {
  const body = `[A-Za-z0-9+/]{33}${signature}[A-P][A-Za-z0-9+/]{5}=`;
  return { label, expression: new RegExp(`${BASE64_BEFORE}(?:${body})${BASE64_BEHIND}`, "gu") };
}

const KEYS: readonly Shape[] = [
  { label: "functions-key", expression: /(?<![\w-])[\w-]{44}AzFu[\w-]{5}[AQgw]==/gu },
  longKey("storage-key", "\\+ASt"),
  longKey("cosmos-key", "ACDb"),
  longKey("batch-key", "\\+ABa"),
  longKey("machine-learning-key", "\\+AMC"),
  longKey("api-management-key", "APIM"),
  shortKey("service-bus-key", "\\+ASb"),
  shortKey("event-hubs-key", "\\+AEh"),
  shortKey("relay-key", "\\+ARm"),
  shortKey("iot-key", "AIoT"),
  shortKey("redis-key", "AzCa"),
  shortKey("event-grid-key", "AZEG"),
  { label: "registry-key", expression: /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5}/gu },
  { label: "search-key", expression: /(?<![A-Za-z0-9+/_-])[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}/gu },
  { label: "client-secret", expression: /(?<![\w~.+/-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}/gu },
  {
    label: "annotated-key",
    expression: /[A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{24}(?:[A-Za-z0-9]{2}==)?/gu,
  },
];

const SIGNATURES = /AzFu|\+A(?:St|Ba|MC|Sb|Eh|Rm|CR)|ACDb|APIM|AIoT|AzCa|AZEG|AzSe|[78]Q~|JQQJ9/u;

/** Keys of before there were signatures: 64 and 32 bytes as base64. */
const UNSIGNED_KEYS: readonly Shape[] = [
  { label: "key", expression: /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/]{86}==(?!=)/gu },
  { label: "key", expression: /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/]{43}=(?!=)/gu },
];

/** Names whose value is a secret, wherever they stand. */
const NAMED =
  "(?:password|passwd|passphrase|pwd|secret|token|api[-_ ]?key|account[-_]?key|access[-_]?key|functions-key|instrumentation[-_]?key|subscription-key|private[-_]?key|credentials?|signature)";

/** Words of which {@link NAMED} and the shapes beside it have one; looked for once, since each of those takes its time. */
const WORDS =
  /passw|passphrase|pwd|secret|token|key|credential|signature|authorization|cookie|bearer|basic|[?&;](?:sig|code)=/iu;

type Group = {
  /** Whether a text may have one: what it holds of characters, then a word. */
  mayOccur(text: string, traits: Traits): boolean;
  readonly shapes: readonly Shape[];
};

const GROUPS: readonly Group[] = [
  {
    mayOccur: (text, { has, longestRun }) => (longestRun >= 40 || (has & HAS.tilde) !== 0) && SIGNATURES.test(text),
    shapes: KEYS,
  },
  { mayOccur: (_, { has, longestRun }) => longestRun >= 43 && (has & HAS.equals) !== 0, shapes: UNSIGNED_KEYS },
  {
    mayOccur: (text) => text.length > JWT_CHARS && /eyJ|eyAi|ewog/u.test(text),
    shapes: [{ label: "jwt", expression: /(?<![\w.=-])e[\w=-]{10,}\.e[\w=-]{10,}\.[\w=-]*/gu }],
  },
  {
    mayOccur: (text) => text.includes("-----BEGIN "),
    shapes: [
      { label: "pem", expression: /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/gu },
    ],
  },
  {
    mayOccur: (text, { has }) => (has & (HAS.equals | HAS.colon | HAS.space)) !== 0 && WORDS.test(text),
    shapes: [
      {
        label: "password",
        expression: new RegExp(
          `${NAMED}["']?\\s{0,4}[:=]\\s{0,4}(?:"([^"\\r\\n]{1,2000})"|'([^'\\r\\n]{1,2000})'|([^\\s"'&;,<>]{4,2000}))`,
          "giu",
        ),
      },
      { label: "sas", expression: /[?&;](?:sig|code|access_token|id_token|token)=([^\s&"'<>;]{4,2000})/giu },
      {
        label: "header",
        expression:
          /(?:authorization|x-functions-key)["']?\s{0,4}[:=]\s{0,4}["']?(?:[A-Za-z-]{2,30} {1,4})?([^\s"',;]{4,4000})/giu,
      },
      { label: "cookie", expression: /cookie["']?\s{0,4}[:=]\s{0,4}["']?([^"'\r\n]{4,4000})/giu },
      { label: "bearer", expression: /\b(?:bearer|basic)\s{1,4}([A-Za-z0-9._~+/-]{8,4000}={0,2})/giu },
      { label: "sas", expression: /\bSharedAccessSignature[ =]([^\s"';,]{8,4000})/giu },
    ],
  },
  {
    mayOccur: (_, { has }) => (has & HAS.at) !== 0,
    shapes: [
      {
        label: "url-password",
        expression: /\b[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,200}:([^\s/@"']{1,500})@/gu,
      },
      { label: "email", expression: /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}/gu },
    ],
  },
  {
    mayOccur: (text, { has }) => (has & HAS.slash) !== 0 && /[\\/](?:home|Users)[\\/]/iu.test(text),
    shapes: [
      {
        label: "user",
        expression:
          /[\\/](?:home|Users)[\\/]{1,2}(?!(?:site|data|app|runner|vscode|codespace|node|root|Public|Shared|Default)(?:[\\/]|$))([^\\/\s"':;,<>|?*]{1,64})/giu,
      },
    ],
  },
];

export type Found = { readonly start: number; readonly end: number; readonly label: string };

/** A JWT has two parts of eleven characters, and two dots. */
const JWT_CHARS = 23;
/** `a@b.c`; all others are longer. */
const MIN_CHARS = 5;
const NONE: readonly Found[] = [];

/** The secrets in a text; they may overlap. @param traits of the text */
export function findShapes(text: string, traits: Traits): readonly Found[] {
  if (text.length < MIN_CHARS) {
    return NONE;
  }
  let found: Found[] | undefined;
  for (const { mayOccur, shapes } of GROUPS) {
    if (!mayOccur(text, traits)) {
      continue;
    }
    for (const { label, expression } of shapes) {
      for (const match of text.matchAll(expression)) {
        const secret = match.slice(1).findLast((group) => group !== undefined) ?? match[0];
        const start = match.index + match[0].lastIndexOf(secret);
        found ??= [];
        found.push({ start, end: start + secret.length, label });
      }
    }
  }
  return found ?? NONE;
}
