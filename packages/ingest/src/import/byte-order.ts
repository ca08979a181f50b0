/** Puts the segments of one direction of a TCP connection in order: sent again, out of order, or missing in the capture. */

/** What may wait for a missing segment, over all connections: then it is taken for lost. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
const MAX_WAITING_SEGMENTS = 1024;
/** Packets of a device may be captured in another order than they crossed; so many say that what they acknowledge will not come. */
const MAX_DOUBTS = 16;

/** Bytes that wait, of all directions that share it. */
export class WaitingRoom {
  bytes = 0;
}

export type OrderedBytes = {
  /** The next bytes of the direction. Good until the call returns. */
  bytes(bytes: Uint8Array): void;
  /** So many bytes crossed and are not in the capture; what comes next follows them. */
  lost(count: number): void;
};

type Segment = { readonly sequence: number; readonly payload: Uint8Array };

export class ByteOrder {
  readonly #room: WaitingRoom;
  readonly #to: OrderedBytes;
  /** Sequence number of the next byte. Undefined until something of this direction was seen. */
  #next: number | undefined;
  /** Sequence number of the FIN. */
  #end: number | undefined;
  /** Segments behind a missing one, in their order. */
  readonly #waiting: Segment[] = [];
  /** How often the receiver has acknowledged what is missing. */
  #doubts = 0;

  constructor(room: WaitingRoom, to: OrderedBytes) {
    this.#room = room;
    this.#to = to;
  }

  /** Its sender has closed it, and all that was sent before has come. */
  get isEnded(): boolean {
    return this.#end !== undefined && this.#next !== undefined && ahead(this.#end, this.#next) <= 0;
  }

  /** The sender's SYN, which counts for a byte. */
  begin(sequence: number): void {
    this.#next ??= (sequence + 1) >>> 0;
  }

  add(sequence: number, payload: Uint8Array, isFin: boolean): void {
    this.#next ??= sequence;
    if (isFin) {
      this.#end ??= (sequence + payload.length) >>> 0;
    }
    if (payload.length === 0) {
      return;
    }
    if (ahead(sequence, this.#next) > 0) {
      this.#keep({ sequence, payload: new Uint8Array(payload) });
      return;
    }
    this.#take({ sequence, payload });
    this.#takeWaiting();
  }

  /** The receiver has everything before this sequence number: what is missing of it was not captured. */
  acknowledged(sequence: number): void {
    if (this.#waiting.length === 0 || this.#next === undefined || ahead(sequence, this.#next) <= 0) {
      return;
    }
    this.#doubts += 1;
    if (this.#doubts > MAX_DOUBTS) {
      this.#giveUp();
    }
  }

  /** Nothing more comes: what is missing was lost. */
  finish(): void {
    while (this.#waiting.length > 0) {
      this.#giveUp();
    }
  }

  #take({ sequence, payload }: Segment): void {
    const next = this.#next ?? sequence;
    const known = -ahead(sequence, next);
    if (known < payload.length) {
      const fresh = payload.subarray(known);
      this.#next = (next + fresh.length) >>> 0;
      this.#doubts = 0;
      this.#to.bytes(fresh);
    }
  }

  #keep(segment: Segment): void {
    let at = this.#waiting.length;
    while (at > 0 && ahead(segment.sequence, this.#waiting[at - 1]?.sequence ?? 0) < 0) {
      at -= 1;
    }
    this.#waiting.splice(at, 0, segment);
    this.#room.bytes += segment.payload.length;
    if (this.#waiting.length > MAX_WAITING_SEGMENTS || this.#room.bytes > MAX_WAITING_BYTES) {
      this.#giveUp();
    }
  }

  #giveUp(): void {
    const [first] = this.#waiting;
    if (first !== undefined && this.#next !== undefined) {
      const count = ahead(first.sequence, this.#next);
      this.#next = first.sequence;
      this.#to.lost(count);
      this.#takeWaiting();
    }
  }

  #takeWaiting(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (ahead(first.sequence, this.#next ?? first.sequence) > 0) {
        return;
      }
      this.#waiting.shift();
      this.#room.bytes -= first.payload.length;
      this.#take(first);
    }
  }
}

/** How far a sequence number is behind another one, which it may have overtaken. RFC 9293, 3.4 */
function ahead(sequence: number, other: number): number {
  return (sequence - other) | 0;
}
