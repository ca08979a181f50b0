import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import type { Lane, OwnMessage } from "./lane.ts";
import type { Outbox } from "./outbox.ts";
import type { Rewrite } from "./rewrite.ts";

/** A message as it came, with its prefix. */
type Original = { readonly number: number; readonly bytes: Uint8Array };

type Place = { readonly lane: Lane; readonly fill: (message: OwnMessage) => void };

/**
 * The messages of one connection that somebody is just rewriting. Each keeps its place among what its sender says, which
 * waits behind it, until the rewriter has answered, its stream has ended (it goes on as it was then) or was reset.
 */
export class Rewriting {
  readonly #places = new Map<Original, Place>();
  readonly #connection: number;
  readonly #rewrite: Rewrite;
  readonly #done: (place: Place, message: Original, instead: Uint8Array | undefined) => void;

  /** @param done is given what a place is to be filled with; `instead` is undefined where the message stays as it was */
  constructor(
    connection: number,
    rewrite: Rewrite,
    done: (place: Place, message: Original, instead: Uint8Array | undefined) => void,
  ) {
    this.#connection = connection;
    this.#rewrite = rewrite;
    this.#done = done;
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  start(outbox: Outbox, lane: Lane, kind: number, message: Original): void {
    this.#places.set(message, { lane, fill: outbox.place(lane) });
    const finish = (instead: Uint8Array | undefined): void => this.#finish(message, instead);
    try {
      const head = { kind, connection: this.#connection, stream: lane.stream };
      const instead = this.#rewrite(head, message.bytes.subarray(PREFIX_BYTES));
      if (instead instanceof Promise) {
        instead.then(finish, () => finish(undefined));
      } else {
        finish(instead);
      }
    } catch {
      finish(undefined);
    }
  }

  ended(lane: Lane): void {
    for (const [message, place] of this.#places) {
      if (place.lane === lane) {
        this.#finish(message, undefined);
      }
    }
  }

  reset(lane: Lane): void {
    for (const [message, place] of this.#places) {
      if (place.lane === lane) {
        this.#places.delete(message);
      }
    }
  }

  #finish(message: Original, instead: Uint8Array | undefined): void {
    const place = this.#places.get(message);
    if (place === undefined) {
      return;
    }
    this.#places.delete(message);
    this.#done(place, message, instead);
  }
}
