// Finding what was said: a dialog with the messages that were found, newest first, and the way to each.

import { Lost, Refusal } from './connection.js';
import { byId, clean, dayNode, element, nameNode, timeNode } from './nodes.js';

const PAGE_MESSAGES = 20;
/** So much of a message is shown, from shortly before the first of the words. */
const SHOWN_CHARS_MAX = 240;
const BEFORE_CHARS_MAX = 60;

export class Search {
  #chat;
  #goTo;
  #words = '';
  /** The position of the last that was found: the next page comes before it. */
  #before = null;
  /** Which search counts: what an earlier one finds is too late. */
  #attempt = 0;

  /** `goTo` is called with the address and the seq of a message that was found. */
  constructor(chat, goTo) {
    this.#chat = chat;
    this.#goTo = goTo;
    byId('search').addEventListener('click', () => this.open());
    byId('search-cancel').addEventListener('click', () => byId('search-dialog').close());
    byId('search-more').addEventListener('click', () => this.#find());
    byId('search-form').addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      this.#begin();
    });
  }

  /** Opens the dialog, and begins if there is something to look for. */
  open(words = '') {
    byId('search-words').value = words;
    this.#begin();
    if (!byId('search-dialog').open) byId('search-dialog').showModal();
    byId('search-words').focus();
  }

  #begin() {
    this.#words = byId('search-words').value.trim();
    this.#before = null;
    this.#attempt++;
    byId('found').replaceChildren();
    byId('search-more').hidden = true;
    byId('search-state').textContent = '';
    if (this.#words) this.#find();
  }

  async #find() {
    const attempt = this.#attempt;
    const { me, open } = this.#chat;
    // Guests are in nothing: they search where they are.
    const of = me.guest ? (open?.address ?? '#lobby') : null;
    const told = await this.#chat
      .ask('search', { words: this.#words, of, before: this.#before, limit: PAGE_MESSAGES })
      .catch((error) => error);
    if (attempt !== this.#attempt) return;
    if (told instanceof Refusal || told instanceof Lost) {
      byId('search-state').textContent = told.message;
      return;
    }
    if (told instanceof Error) throw told;
    this.#before = told.found.at(-1)?.position ?? this.#before;
    byId('found').append(...told.found.map((found) => this.#item(found)));
    byId('search-more').hidden = !told.more;
    const count = byId('found').children.length;
    byId('search-state').textContent = count ? `${count}${told.more ? '+' : ''} found` : 'nothing was found';
  }

  #item({ address, event }) {
    const where = element('bdi', { textContent: clean(address) });
    const about = element('small', {}, where, ' · ', nameNode(event.from, event.guest), ' · ');
    about.append(dayNode(event.at), ' ', timeNode(event.at));
    const text = element('span', { className: 'text', dir: 'auto', textContent: this.#inShort(clean(event.text)) });
    const button = element('button', { type: 'button' }, about, text);
    button.addEventListener('click', () => {
      byId('search-dialog').close();
      this.#goTo(address, event.seq);
    });
    return element('li', {}, button);
  }

  #inShort(text) {
    const lower = text.toLowerCase();
    const places = this.#words.toLowerCase().split(/\s+/).map((word) => lower.indexOf(word.replace(/\*+$/, '')));
    const first = Math.min(...places.filter((place) => place >= 0), text.length);
    const from = first < SHOWN_CHARS_MAX || first === text.length ? 0 : first - BEFORE_CHARS_MAX;
    const short = text.slice(from, from + SHOWN_CHARS_MAX).toWellFormed();
    return `${from ? '…' : ''}${short}${from + short.length < text.length ? '…' : ''}`;
  }
}
