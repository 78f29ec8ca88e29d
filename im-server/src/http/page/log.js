// A window on a conversation's log: some of its events, one after the other, and whether there are more on either side. And
// the messages among them, as they read now.

import { Fold, isAmendment } from './fold.js';

/** Most events that are held of one conversation. */
const WINDOW_EVENTS_MAX = 1000;
/** Most amendments that are remembered while a page is on its way. */
const MEANWHILE_EVENTS_MAX = 256;

export class Log {
  /** In the order of their seqs, each once. */
  events = [];
  hasOlder = true;
  hasNewer = true;
  /** So many pages are on their way. */
  #loads = 0;
  /** Why no page can be had, if so. */
  refusal = '';
  /** Somebody reads further back: what is newest has to yield to what they look at. */
  readsBack = false;
  /** What is held may read otherwise by now: it is to be read anew. */
  isStale = false;
  messages = new Fold();
  /** The messages that read otherwise since they were shown. */
  changed = new Set();
  /** What happened to messages since the page was asked for that is on its way. */
  #meanwhile = [];

  get first() {
    return this.events[0]?.seq ?? 0;
  }

  get last() {
    return this.events.at(-1)?.seq ?? 0;
  }

  /** An event that has just happened. After a hole it is left to `newer`, which fills the hole as well. */
  hear(event) {
    if (isAmendment(event)) this.#amend(event);
    if (this.hasNewer || event.seq <= this.last) return;
    const follows = event.seq === this.last + 1 || this.events.length === 0;
    if (!follows || (this.readsBack && this.events.length >= WINDOW_EVENTS_MAX)) {
      this.hasNewer = true;
    } else {
      this.#take([event]);
      this.events.push(event);
      this.#dropOldest();
    }
  }

  /** The newest page, instead of whatever was held. `heard` is the newest event that was told since it was asked for. */
  newest(page, heard) {
    this.#begin(page);
    this.hasOlder = page.more;
    this.hasNewer = heard > this.last;
  }

  /** A page from the middle, or the end of what is held once more, instead of whatever was held. */
  around(page, heard) {
    this.#begin(page);
    this.hasOlder = this.first > 1;
    this.hasNewer = page.more || heard > this.last;
  }

  older(page) {
    this.#take(page.events);
    this.#take(page.amendments ?? []);
    this.events = page.events.filter(({ seq }) => seq < this.first).concat(this.events);
    this.hasOlder = page.more;
    if (this.events.length > WINDOW_EVENTS_MAX) {
      this.events.length = WINDOW_EVENTS_MAX;
      this.hasNewer = true;
      this.messages.keep(this.first, this.last);
    }
  }

  newer(page, heard) {
    const { last } = this;
    this.#take(page.events);
    this.#take(page.amendments ?? []);
    this.events = this.events.concat(page.events.filter(({ seq }) => seq > last));
    this.hasNewer = page.more || heard > this.last;
    this.#dropOldest();
  }

  /** The seqs that have changed since this was asked for last. */
  takeChanged() {
    const { changed } = this;
    this.changed = new Set();
    return changed;
  }

  get isLoading() {
    return this.#loads > 0;
  }

  /** A page is asked for. */
  loads() {
    this.#loads++;
    this.#meanwhile = [];
  }

  /** It has come, or will not. */
  loaded() {
    this.#loads--;
  }

  #begin(page) {
    this.isStale = false;
    this.messages = new Fold();
    this.changed = new Set();
    this.events = page.events;
    this.#take(page.events);
    this.#take(page.amendments ?? []);
    this.#take(this.#meanwhile);
    // Whatever is shown already may be another now.
    for (const { seq } of page.events) this.changed.add(seq);
  }

  #amend(event) {
    this.#take([event]);
    if (this.isLoading && this.#meanwhile.length < MEANWHILE_EVENTS_MAX) this.#meanwhile.push(event);
  }

  #take(events) {
    for (const event of events) {
      const seq = this.messages.take(event);
      if (seq) this.changed.add(seq);
    }
  }

  #dropOldest() {
    const excess = this.events.length - WINDOW_EVENTS_MAX;
    if (excess <= 0) return;
    for (const { seq } of this.events.splice(0, excess)) {
      this.messages.drop(seq);
      this.changed.delete(seq);
    }
    this.hasOlder = true;
  }
}
