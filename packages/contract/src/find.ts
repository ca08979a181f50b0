/** Finding text within one message: what the page asks and what it is answered. */

/** Most hits that one answer names; it counts them all. */
export const MAX_HITS = 200;

/** Hits that are counted; where there are more, nobody goes through them. */
export const MAX_COUNTED = 100_000;

/** Characters of what is looked for. */
export const MAX_WANTED = 1000;

/** The message as the page shows it decoded, or its bytes as they crossed: where it is too large to be decoded, only they can be. */
export type FindWhere = "document" | "bytes";

export type FindHit = {
  /** In a document a member's name, a value, or the text of bytes that stand there in base64; or bytes of the whole message. */
  readonly of: "key" | "value" | "bytes" | "message";
  /** In a document characters from the beginning of the key or value (UTF-16 units), else the byte in the message. */
  readonly at: number;
  /** In a document: positions of members and items from its root, "/0/3", through JSON within text, too. */
  readonly line?: string;
  /** In a document: "invocationRequest.inputData[0].data.json". */
  readonly path?: string;
  /** Within a value that is JSON in text: "$.items[7777].note". */
  readonly inner?: string;
  /** The hit as it stands, and at most 40 characters around it. */
  readonly before: string;
  readonly match: string;
  readonly after: string;
};

export type FindResult = {
  readonly where: FindWhere;
  /** Hits in all, as far as they were counted: to {@link MAX_COUNTED}. */
  readonly count: number;
  /** Number of the first of `hits`, from 0. */
  readonly from: number;
  /** At most {@link MAX_HITS} */
  readonly hits: readonly FindHit[];
  /** Bytes that are found: of text in UTF-8. */
  readonly length: number;
};
