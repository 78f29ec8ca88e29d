// The messages of the open conversation: one list item for each event that is held, what is being sent, the scrolling.

import { byId, clean, dayNode, dayOf, element, nameNode, textNodes, timeNode } from './nodes.js';

/** Messages of one sender within this time stand under one name. */
const GROUP_MS = 5 * 60_000;
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
  #conversation = null;
  /** The list items, by seq. */
  #items = new Map();
  /** The end is looked at: it stays in view whatever comes. */
  #atEnd = true;
  /** Unread posts begin after this event. */
  #readTo = Infinity;
  #goesToUnread = false;
  #markPause = 0;
  #quiet = 0;

  constructor(chat) {
    this.#chat = chat;
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
    this.#renderUnsent(conversation);
    this.#renderHint(hintFor(conversation.log));
    if (this.#atEnd) this.#toEnd();
    else if (anchor) this.#keep(anchor);
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
    this.#readTo = conversation?.unread ? conversation.read : Infinity;
    this.#goesToUnread = conversation?.unread > 0;
    this.#items.clear();
    list.replaceChildren();
    byId('unsent').replaceChildren();
    byId('newest').hidden = true;
  }

  // ---- Items

  #renderEvents({ events, first, last, hasOlder }) {
    while (list.firstChild && seqOf(list.firstChild) < first) this.#remove(list.firstChild);
    while (list.lastChild && seqOf(list.lastChild) > last) this.#remove(list.lastChild);
    const shownFirst = list.firstChild ? seqOf(list.firstChild) : Infinity;
    const shownLast = list.lastChild ? seqOf(list.lastChild) : Infinity;
    const older = document.createDocumentFragment();
    const newer = document.createDocumentFragment();
    events.forEach((event, i) => {
      const isOlder = event.seq < shownFirst;
      if (!isOlder && event.seq <= shownLast) return;
      (isOlder ? older : newer).append(this.#item(event, events[i - 1], hasOlder));
    });
    list.prepend(older);
    list.append(newer);
    // What stood first has another neighbour now, and perhaps no need of a name or a day any more; or the other way round.
    for (const seq of new Set([shownFirst, first])) this.#renew(seq, events, hasOlder);
  }

  #remove(item) {
    this.#items.delete(seqOf(item));
    item.remove();
  }

  #renew(seq, events, hasOlder) {
    const old = this.#items.get(seq);
    const i = events.findIndex((event) => event.seq === seq);
    if (!old || i < 0) return;
    const fresh = this.#item(events[i], events[i - 1], hasOlder);
    if (fresh.isEqualNode(old)) this.#items.set(seq, old);
    else old.replaceWith(fresh);
  }

  #item(event, before, hasOlder) {
    const { seq, at, from, kind } = event;
    const item = element('li');
    item.dataset.seq = seq;
    const isNewDay = before ? dayOf(before.at) !== dayOf(at) : !hasOlder;
    if (isNewDay) item.append(element('p', { className: 'day' }, dayNode(at)));
    const isFirstUnread = before && before.seq <= this.#readTo && seq > this.#readTo;
    if (isFirstUnread) item.append(element('p', { className: 'new', textContent: 'new' }));
    const isMine = this.#chat.isMine(event);
    if (isMine) item.classList.add('mine');
    const author = element('span', { className: 'from' }, nameNode(from, event.guest));
    if (kind === 'posted') {
      if (!isNewDay && !isFirstUnread && continues(event, before)) item.classList.add('continued');
      const text = element('div', { className: 'text', dir: 'auto' }, ...textNodes(event.text));
      item.append(author, ' ', timeNode(at), text);
    } else {
      item.classList.add('quiet');
      item.append(author, ' ', element('span', { className: 'text' }, ...deed(event)), ' ', timeNode(at));
    }
    this.#items.set(seq, item);
    return item;
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

function continues(event, before) {
  return (
    before?.kind === 'posted' &&
    before.from === event.from &&
    before.guest === event.guest &&
    Date.parse(event.at) - Date.parse(before.at) < GROUP_MS
  );
}

/** What somebody did who said nothing. */
function deed({ kind, by, user, role }) {
  switch (kind) {
    case 'created':
      return ['made this'];
    case 'joined':
      return by ? ['joined through ', nameNode(by)] : ['joined'];
    case 'left':
      return ['left'];
    case 'invited':
      return ['invited ', nameNode(user)];
    case 'asked':
      return ['asks to be let in'];
    case 'invitation-declined':
      return ['declined the invitation of ', nameNode(by)];
    case 'request-declined':
      return ['did not let ', nameNode(user), ' in'];
    case 'role':
      return ['made ', nameNode(user), ` ${role}`];
    default:
      return ['did something that this page does not know'];
  }
}
