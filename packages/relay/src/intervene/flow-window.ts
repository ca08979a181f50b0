/**
 * The flow-control window of one receiver, for one stream or for the whole connection (RFC 9113, 5.2), seen from between
 * sender and receiver.
 *
 * ```
 *   sender                            relay                                      receiver
 *   believes: size + excess - kept    size  = what the receiver still accepts
 *                                     excess = how much more the sender believes
 *   <--- WINDOW_UPDATE (credit) ----  credit = updates of the relay's own, not sent yet
 *   <--- WINDOW_UPDATE - excess ----  <----------------- WINDOW_UPDATE --------
 * ```
 *
 * Injected bytes consume the window without the sender knowing: `excess` grows, and the receiver's next WINDOW_UPDATEs are
 * reduced by it before they go on. Bytes of the sender that end here (swallowed, held, padding) never reach the receiver,
 * which will not credit them: they reduce `excess` where there is any, and become `credit` of the relay's own otherwise.
 */
export class FlowWindow {
  #size: number;
  #excess = 0;
  #credit = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Bytes that the receiver still accepts; below zero after its settings made the window smaller. */
  get size(): number {
    return this.#size;
  }

  /** By how many bytes the sender, less what is kept here of it, overestimates {@link size}. */
  get excess(): number {
    return this.#excess;
  }

  /** Bytes that the relay is still to credit to the sender. */
  get credit(): number {
    return this.#credit;
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE has changed by so much. */
  resize(change: number): void {
    this.#size += change;
  }

  /** Bytes of the sender go to the receiver. */
  send(bytes: number): void {
    this.#size -= bytes;
  }

  /** Bytes that the sender has not sent, or has been credited already, go to the receiver. */
  inject(bytes: number): void {
    this.#size -= bytes;
    this.#excess += bytes;
  }

  /** Bytes of the sender end here. */
  consume(bytes: number): void {
    const compensated = Math.min(bytes, this.#excess);
    this.#excess -= compensated;
    this.#credit += bytes - compensated;
  }

  /** Credits bytes of the sender that wait here, before the receiver has seen them. */
  creditEarly(bytes: number): void {
    this.#excess += bytes;
    this.#credit += bytes;
  }

  /** A WINDOW_UPDATE of the receiver that is to go on. Returns how much of it the sender gets. */
  update(bytes: number): number {
    this.#size += bytes;
    const withheld = Math.min(bytes, this.#excess);
    this.#excess -= withheld;
    return bytes - withheld;
  }

  /** A WINDOW_UPDATE of the receiver that the sender has got as it was. */
  updatePassed(bytes: number): void {
    this.#size += bytes;
  }

  /** What is to be sent to the sender in a WINDOW_UPDATE; it counts as sent. */
  takeCredit(): number {
    const credit = this.#credit;
    this.#credit = 0;
    return credit;
  }
}
