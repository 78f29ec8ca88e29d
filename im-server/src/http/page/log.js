// A window on a conversation's log: some of its events, one after the other, and whether there are more on either side.

/** Most events that are held of one conversation. */
const WINDOW_EVENTS_MAX = 1000;

export class Log {
  /** In the order of their seqs, each once. */
  events = [];
  hasOlder = true;
  hasNewer = true;
  /** A page is on its way. */
  isLoading = false;
  /** Why no page can be had, if so. */
  refusal = '';
  /** Somebody reads further back: what is newest has to yield to what they look at. */
  readsBack = false;

  get first() {
    return this.events[0]?.seq ?? 0;
  }

  get last() {
    return this.events.at(-1)?.seq ?? 0;
  }

  /** An event that has just happened. After a hole it is left to `newer`, which fills the hole as well. */
  hear(event) {
    if (this.hasNewer || event.seq <= this.last) return;
    const follows = event.seq === this.last + 1 || this.events.length === 0;
    if (!follows || (this.readsBack && this.events.length >= WINDOW_EVENTS_MAX)) {
      this.hasNewer = true;
    } else {
      this.events.push(event);
      this.#dropOldest();
    }
  }

  /** The newest page, instead of whatever was held. `heard` is the newest event that was told since it was asked for. */
  newest(page, heard) {
    this.events = page.events;
    this.hasOlder = page.more;
    this.hasNewer = heard > this.last;
  }

  older(page) {
    this.events = page.events.filter(({ seq }) => seq < this.first).concat(this.events);
    this.hasOlder = page.more;
    if (this.events.length > WINDOW_EVENTS_MAX) {
      this.events.length = WINDOW_EVENTS_MAX;
      this.hasNewer = true;
    }
  }

  newer(page, heard) {
    const { last } = this;
    this.events = this.events.concat(page.events.filter(({ seq }) => seq > last));
    this.hasNewer = page.more || heard > this.last;
    this.#dropOldest();
  }

  #dropOldest() {
    const excess = this.events.length - WINDOW_EVENTS_MAX;
    if (excess <= 0) return;
    this.events.splice(0, excess);
    this.hasOlder = true;
  }
}
