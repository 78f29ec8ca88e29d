// What stands beside the messages: the conversations, what waits for an answer, and the people of the open conversation.

import { byId, clean, element, nameNode, titleOf } from './nodes.js';

/** `#/dev`, `#/@bob`: the conversation that the URL names. */
export const fragmentOf = (address) => `#/${address.startsWith('@') ? '@' : ''}${encodeURIComponent(address.slice(1))}`;

export class Sides {
  #chat;
  #answer;
  /** The entries of the conversations, by id. */
  #entries = new Map();
  #shownPending = null;
  #shownCompany = '';

  /** `answer` is called with what waits and whether to say yes. */
  constructor(chat, answer) {
    this.#chat = chat;
    this.#answer = answer;
  }

  render() {
    this.#renderConversations();
    this.#renderPending();
    this.#renderPeople();
  }

  // ---- Conversations

  #renderConversations() {
    const list = byId('conversations');
    const focused = document.activeElement;
    for (const [id, { item }] of this.#entries) {
      if (this.#chat.conversations.has(id)) continue;
      item.remove();
      this.#entries.delete(id);
    }
    let next = list.firstChild;
    for (const conversation of this.#chat.sorted()) {
      const { item } = this.#entry(conversation);
      if (item === next) next = next.nextSibling;
      else list.insertBefore(item, next);
    }
    // An entry that is moved loses the focus.
    if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #entry(conversation) {
    const { id, unread, mentions, kind } = conversation;
    const isOpen = conversation === this.#chat.open;
    const isOnline = kind === 'direct' && this.#chat.isOnline(conversation);
    const state = [conversation.address, unread, mentions, kind, isOpen, isOnline, conversation.guest].join();
    let entry = this.#entries.get(id);
    if (entry?.state === state) return entry;
    entry ??= { item: element('li', {}, element('a')) };
    entry.state = state;
    this.#entries.set(id, entry);
    this.#fillLink(entry.item.firstChild, conversation, isOpen, isOnline);
    return entry;
  }

  #fillLink(link, conversation, isOpen, isOnline) {
    const { address, unread, mentions, kind } = conversation;
    link.href = fragmentOf(address);
    link.dataset.address = address;
    link.ariaCurrent = isOpen ? 'page' : null;
    link.replaceChildren(element('bdi', { className: 'name', textContent: titleOf(conversation) }));
    if (kind === 'direct') link.prepend(presence(isOnline), ' ');
    if (mentions) {
      const words = element('span', { className: 'unseen', textContent: ' mention you' });
      link.append(' ', element('span', { className: 'mentions', textContent: `@${mentions}` }), words);
    }
    if (!unread) return;
    const words = element('span', { className: 'unseen', textContent: ' unread' });
    link.append(' ', element('span', { className: 'unread', textContent: unread > 999 ? '999+' : unread }), words);
  }

  // ---- What waits

  #renderPending() {
    if (this.#shownPending === this.#chat.pending) return;
    this.#shownPending = this.#chat.pending;
    byId('pending').replaceChildren(...this.#chat.pending.map((waiting) => this.#question(waiting)));
  }

  #question(waiting) {
    const { group, kind, by } = waiting;
    const address = element('bdi', { textContent: `#${clean(group)}` });
    const words = {
      invitation: [nameNode(by), ' invites you to ', address],
      request: [nameNode(by), ' asks to be let into ', address],
      rejection: [nameNode(by), ' did not let you into ', address],
    };
    const button = (textContent, yes) =>
      element('button', { type: 'button', textContent, onclick: () => this.#answer(waiting, yes) });
    const buttons = kind === 'rejection' ? [button('OK', true)] : [button('Yes', true), ' ', button('No', false)];
    return element('li', {}, element('p', {}, ...(words[kind] ?? [address])), ...buttons);
  }

  // ---- People

  #renderPeople() {
    const { open, company } = this.#chat;
    const people = open?.kind === 'direct' ? this.#twoOf(open) : (company?.people ?? []);
    const total = open?.kind === 'direct' ? people.length : (company?.total ?? 0);
    const state = JSON.stringify([open?.id, total, people]);
    if (state === this.#shownCompany) return;
    this.#shownCompany = state;
    byId('people-count').textContent = total === 1 ? '1 person' : `${total} people`;
    byId('people-count').hidden = !total;
    byId('people-list').replaceChildren(...people.map((person) => this.#person(person)));
    const unnamed = total - people.length;
    if (unnamed > 0)
      byId('people-list').append(element('li', { className: 'more', textContent: `and ${unnamed} more` }));
    byId('invite').hidden = open?.kind !== 'group';
    byId('leave').hidden = !open || open.kind === 'direct';
  }

  #twoOf(conversation) {
    const { address, guest } = conversation;
    return [
      { name: address.slice(1), guest, online: this.#chat.isOnline(conversation) },
      { ...this.#chat.me, online: true },
    ];
  }

  #person({ name, guest, online, role }) {
    const isMe = name === this.#chat.me.name && guest === this.#chat.me.guest;
    const who = isMe
      ? element('span', {}, nameNode(name, guest), ' (you)')
      : element('a', { href: fragmentOf(`@${name}`) }, nameNode(name, guest));
    const item = element('li', {}, presence(online), ' ', who);
    if (role && role !== 'member') item.append(' ', element('small', { textContent: role }));
    return item;
  }
}

/** Full or hollow, and in words for who does not see it. */
function presence(isOnline) {
  const words = element('span', { className: 'unseen', textContent: isOnline ? 'online' : 'away' });
  return element('span', { className: isOnline ? 'presence online' : 'presence' }, words);
}
