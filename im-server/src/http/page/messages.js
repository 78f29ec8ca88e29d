// The messages of the open conversation: one list item for each event that is held, what is being sent, the scrolling.

import { isAmendment } from './fold.js';
import { fillReceipt, itemOf, stateOf } from './item.js';
import { byId, clean, element, textNodes } from './nodes.js';

/** So far from the end still counts as the end. */
const END_PX = 40;
/** So far from the edge of what is held the next page is asked for. */
const PAGE_PX = 800;
const MARK_PAUSE_MS = 300;
/** Until a screen reader has passed over what was put in while it was not to listen. */
const QUIET_MS = 500;

/** What scrolls. */
const view = byId('log');
const list = byId('messages');

export class Messages {
  #chat;
  #act;
  #conversation = null;
  /** The list items, by seq. */
  #items = new Map();
  /** The end is looked at: it stays in view whatever comes. */
  #atEnd = true;
  /** Unread posts begin after this event. */
  #readTo = Infinity;
  #goesToUnread = false;
  /** The message whose actions are open. */
  #actsFor = 0;
  /** The message to go to when it is there. */
  #goal = 0;
  #markPause = 0;
  #quiet = 0;

  /** `act` is called with what somebody wants, the seq of the message, and what the button knows. */
  constructor(chat, act) {
    this.#chat = chat;
    this.#act = act;
    list.addEventListener('click', ({ target }) => this.#clicked(target.closest('[data-act]')));
    list.addEventListener('keydown', (key) => this.#pressed(key));
    view.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(view);
    byId('newest').addEventListener('click', () => {
      this.toNewest();
      byId('composer').focus();
    });
  }

  /** Brings what is shown up to what is known. */
  render() {
    const conversation = this.#chat.open;
    if (conversation !== this.#conversation) this.#show(conversation);
    if (!conversation) return this.#renderHint('Choose a conversation, or begin one by New….');
    this.#chat.outbox.shown(conversation, conversation.log.events);
    this.#chat.recount(conversation);
    const anchor = this.#atEnd ? null : this.#anchor();
    this.#renderEvents(conversation.log);
    this.#renderReceipts(conversation);
    this.#renderUnsent(conversation);
    this.#renderHint(hintFor(conversation.log));
    if (this.#atEnd) this.#toEnd();
    else if (anchor) this.#keep(anchor);
    if (this.#goal) this.#toGoal();
    if (this.#goesToUnread && this.#items.size) this.#toUnread();
    this.#renderNewest(conversation);
    this.#wish();
    this.seen();
  }

  /** Goes to the end, and to what comes after it. */
  toNewest() {
    this.#atEnd = true;
    this.#conversation.log.readsBack = false;
    this.render();
  }

  /** Goes to a message, which may have to be fetched first. */
  goTo(seq) {
    if (this.#chat.open !== this.#conversation) this.#show(this.#chat.open);
    this.#goal = seq;
    this.#atEnd = this.#goesToUnread = false;
    const { log } = this.#conversation;
    log.readsBack = true;
    if (seq >= log.first && seq <= log.last) this.#toGoal();
    else this.#hush(this.#chat.loadAround(this.#conversation, seq));
  }

  /** The newest message that a test finds, of those that are held. */
  newestWhere(test) {
    const { events, messages } = this.#conversation.log;
    const found = events.findLast((event) => messages.get(event.seq)?.text != null && test(event));
    return found?.seq ?? 0;
  }

  /** If the end is in view of somebody, it is read. */
  seen() {
    if (!this.#isEndSeen()) return;
    this.#markPause ||= setTimeout(() => {
      this.#markPause = 0;
      if (this.#isEndSeen()) this.#chat.mark(this.#conversation);
    }, MARK_PAUSE_MS);
  }

  #isEndSeen() {
    if (!this.#conversation || !this.#atEnd || !document.hasFocus() || document.hidden) return false;
    const { log, read } = this.#conversation;
    return !log.hasNewer && log.last > read;
  }

  #show(conversation) {
    if (this.#conversation) this.#conversation.log.readsBack = false;
    this.#conversation = conversation;
    this.#atEnd = true;
    this.#actsFor = this.#goal = 0;
    this.#readTo = conversation?.unread ? conversation.read : Infinity;
    this.#goesToUnread = conversation?.unread > 0;
    this.#items.clear();
    list.replaceChildren();
    byId('unsent').replaceChildren();
    byId('newest').hidden = true;
  }

  // ---- Items

  #renderEvents(log) {
    const { events, first, last } = log;
    const changed = log.takeChanged();
    while (list.firstChild && seqOf(list.firstChild) < first) this.#remove(list.firstChild);
    while (list.lastChild && seqOf(list.lastChild) > last) this.#remove(list.lastChild);
    const shownFirst = list.firstChild ? seqOf(list.firstChild) : Infinity;
    const shownLast = list.lastChild ? seqOf(list.lastChild) : Infinity;
    const older = document.createDocumentFragment();
    const newer = document.createDocumentFragment();
    let before;
    for (const event of events) {
      const isOlder = event.seq < shownFirst;
      if (isOlder || event.seq > shownLast) (isOlder ? older : newer).append(this.#item(event, before, log));
      // What stood first has another neighbour now, and perhaps no need of a name or a day any more; or the other way round.
      else if (this.#isOther(event, before, changed, shownFirst)) this.#renew(event, before, log);
      if (!isAmendment(event)) before = event;
    }
    list.prepend(older);
    list.append(newer);
    this.#renderWayIn();
  }

  /** Whether an event that is shown may look otherwise by now: itself, what it answers, or what stands before it. */
  #isOther({ seq, reply_to: replyTo }, before, changed, shownFirst) {
    return changed.has(seq) || changed.has(replyTo) || !before || before.seq <= shownFirst;
  }

  #remove(item) {
    this.#items.delete(seqOf(item));
    item.remove();
  }

  #renew(event, before, log) {
    const old = this.#items.get(event.seq);
    const fresh = this.#item(event, before, log);
    // Where the keys go is no difference.
    for (const node of fresh.querySelectorAll('.more')) node.tabIndex = old?.querySelector('.more')?.tabIndex ?? -1;
    if (!old || fresh.isEqualNode(old)) return old && this.#items.set(event.seq, old);
    const focused = old.contains(document.activeElement) ? document.activeElement.dataset : null;
    old.replaceWith(fresh);
    if (focused) focusLike(fresh, focused);
  }

  #item(event, before, log) {
    const acts = event.seq === this.#actsFor;
    const item = itemOf(event, { chat: this.#chat, log, before, readTo: this.#readTo, acts });
    this.#items.set(event.seq, item);
    return item;
  }

  // ---- What one does about a message

  /** One step by the Tab key leads to the messages, to the newest; from there the arrows go on. */
  #renderWayIn() {
    const ways = list.querySelectorAll('.more');
    const current = list.querySelector('.more[tabindex="0"]');
    const way = document.activeElement === current && current ? current : ways[ways.length - 1];
    if (!way || way === current) return;
    if (current) current.tabIndex = -1;
    way.tabIndex = 0;
  }

  #clicked(button) {
    if (!button) return;
    const seq = seqOf(button.closest('li'));
    const { act, to, reaction } = button.dataset;
    if (act === 'more') return this.#openActs(seq === this.#actsFor ? 0 : seq);
    if (act === 'goto') return this.goTo(Number(to));
    const isChosen = this.#actsFor > 0;
    if (isChosen) this.#openActs(0);
    this.#act(act, seq, reaction);
  }

  #pressed(key) {
    if (key.key === 'Escape' && this.#actsFor) {
      key.stopPropagation();
      return this.#openActs(0);
    }
    if (!['ArrowUp', 'ArrowDown'].includes(key.key) || key.altKey || !key.target.matches('.more')) return;
    key.preventDefault();
    const ways = [...list.querySelectorAll('.more')];
    const next = ways[ways.indexOf(key.target) + (key.key === 'ArrowUp' ? -1 : 1)];
    if (!next) return;
    key.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** Opens the actions of a message, or (0) closes them; the focus goes along. */
  #openActs(seq) {
    const before = this.#actsFor;
    this.#actsFor = seq;
    const { log } = this.#conversation;
    for (const other of [before, seq]) if (other) log.changed.add(other);
    this.render();
    if (seq) this.#items.get(seq)?.querySelector('.acts button')?.focus();
    else this.#items.get(before)?.querySelector('.more')?.focus();
  }

  #renderReceipts({ kind, receipts }) {
    if (kind !== 'direct') return;
    for (const node of list.querySelectorAll('.receipt:not([data-state=read])'))
      fillReceipt(node, stateOf(seqOf(node.closest('li')), receipts));
  }

  #renderUnsent(conversation) {
    const posts = this.#chat.outbox.posts.filter((post) => post.conversation === conversation);
    const key = (post) => `${post.message} ${post.state}`;
    const unsent = byId('unsent');
    const shown = [...unsent.children].map((item) => item.dataset.key);
    if (shown.join() === posts.map(key).join()) return;
    unsent.replaceChildren(...posts.map((post) => this.#unsentItem(post, key(post))));
  }

  #unsentItem(post, key) {
    const text = element('div', { className: 'text', dir: 'auto' }, ...textNodes(post.text));
    const item = element('li', { className: `unsent ${post.state}` }, text);
    item.dataset.key = key;
    if (post.state === 'refused') {
      item.append(
        element('span', { className: 'state', textContent: `Not sent: ${clean(post.error)}. ` }),
        element('button', {
          type: 'button',
          textContent: 'Retry',
          onclick: () => this.#chat.outbox.retry(post, this.#chat.isReady),
        }),
        element('button', { type: 'button', textContent: 'Discard', onclick: () => this.#chat.outbox.discard(post) }),
      );
    } else {
      item.append(element('span', { className: 'state', textContent: post.state === 'sending' ? 'sending…' : '' }));
    }
    return item;
  }

  #renderHint(text) {
    const hint = byId('hint');
    if (hint.textContent !== text) hint.textContent = text;
  }

  #renderNewest({ unread }) {
    const button = byId('newest');
    button.hidden = this.#atEnd;
    const text = unread ? `${unread} new ↓` : 'Newest ↓';
    if (button.textContent !== text) button.textContent = text;
  }

  // ---- Scrolling

  #scrolled() {
    if (!this.#conversation) return;
    const isNearEnd = view.scrollHeight - view.scrollTop - view.clientHeight < END_PX;
    // The end of what is held is not the end, except for who was there and waits for the rest.
    this.#atEnd = isNearEnd && (this.#atEnd || !this.#conversation.log.hasNewer);
    this.#conversation.log.readsBack = !this.#atEnd;
    this.#renderNewest(this.#conversation);
    this.#wish();
    this.seen();
  }

  /** Asks for what will be looked at next. */
  #wish() {
    const { log } = this.#conversation;
    if (log.isLoading || log.refusal || !this.#chat.isReady) return;
    if (log.hasNewer && this.#atEnd && this.#chat.hasLongGap(this.#conversation)) {
      this.#hush(this.#chat.loadNewest(this.#conversation));
    } else if (log.isStale && log.events.length) {
      this.#hush(this.#chat.loadAgain(this.#conversation));
    } else if (log.hasNewer && view.scrollHeight - view.scrollTop - view.clientHeight < PAGE_PX) {
      this.#hush(this.#chat.loadNewer(this.#conversation));
    } else if (log.hasOlder && log.events.length && view.scrollTop < PAGE_PX) {
      this.#hush(this.#chat.loadOlder(this.#conversation));
    }
  }

  /** The item at the top of the view, and where it is: it stays there. */
  #anchor() {
    const item = [...list.children].find((child) => bottomOf(child) > view.scrollTop);
    return item && { seq: seqOf(item), bottom: bottomOf(item) };
  }

  #keep({ seq, bottom }) {
    const item = this.#items.get(seq);
    if (item) view.scrollTop += bottomOf(item) - bottom;
  }

  #toEnd() {
    view.scrollTop = view.scrollHeight;
  }

  #toGoal() {
    const item = this.#items.get(this.#goal);
    if (!item) {
      if (!this.#conversation.log.isLoading) this.#goal = 0; // it is not to be had
      return;
    }
    this.#goal = 0;
    view.scrollTop = item.offsetTop - view.clientHeight / 3;
    item.tabIndex = -1;
    item.focus({ preventScroll: true });
    list.querySelector('.goal')?.classList.remove('goal');
    item.classList.add('goal');
  }

  /** On opening: to where reading ended, if that is further up than fits. */
  #toUnread() {
    this.#goesToUnread = false;
    const line = list.querySelector('.new');
    if (!line || line.offsetTop >= view.scrollTop) return;
    this.#atEnd = false;
    this.#conversation.log.readsBack = true;
    view.scrollTop = line.offsetTop - view.clientHeight / 4;
  }

  /** History is read by who scrolls there; only what happens is announced. */
  async #hush(loading) {
    view.ariaLive = 'off';
    clearTimeout(this.#quiet);
    await loading;
    this.#quiet = setTimeout(() => (view.ariaLive = 'polite'), QUIET_MS);
  }
}

const seqOf = (item) => Number(item.dataset.seq);

/** Where an item is, by its end: a day above its beginning may come or go. */
const bottomOf = (item) => item.offsetTop + item.offsetHeight;

/** What stands above the messages. */
function hintFor({ events, hasOlder, refusal }) {
  if (refusal) return refusal;
  if (hasOlder) return 'loading…';
  return events.length ? '' : 'Nothing was said here yet.';
}

/** What replaces something has its focus, too. */
function focusLike(item, { act, reaction }) {
  const buttons = [...item.querySelectorAll(`[data-act="${act}"]`)];
  const same = buttons.find((button) => button.dataset.reaction === reaction);
  (same ?? item.querySelector('.more'))?.focus({ preventScroll: true });
}
