// What one does about messages that were said: answer, edit, take out, react. By buttons, and by what is typed.

import { inShort } from './item.js';
import { byId } from './nodes.js';

export class Deeds {
  #chat;
  #messages;
  #composer;
  #attempt;
  #say;

  /** `attempt` does something, says what went wrong, and tells whether nothing did. */
  constructor({ chat, messages, composer, attempt, say }) {
    this.#chat = chat;
    this.#messages = messages;
    this.#composer = composer;
    this.#attempt = attempt;
    this.#say = say;
    byId('delete-cancel').addEventListener('click', () => byId('delete-dialog').close());
  }

  /** A button of a message was pressed. */
  act(what, seq, reaction) {
    const message = this.#chat.open.log.messages.get(seq);
    if (!message || message.text === null) return;
    if (what === 'react') this.#react(seq, reaction, !this.#stands(seq, reaction));
    else if (what === 'delete') this.#askDelete(seq);
    else this.#composer.begin({ kind: what, seq, text: message.text });
  }

  /** What was typed: about `#12`, or the newest that it can be about. Whether it was understood. */
  command(word, rest) {
    const [, number, words] = /^(?:#(\d+)(?:\s+|$))?(.*)$/s.exec(rest);
    const ofMine = word === 'edit' || word === 'delete';
    if (!['edit', 'delete', 'reply', 'react', 'unreact'].includes(word) || !words === (word !== 'delete')) return false;
    const newest = () => this.#messages.newestWhere((event) => this.#chat.isMine(event) === ofMine);
    const seq = number ? Number(number) : newest();
    if (!seq) this.#say('there is no message here that this could be about');
    else if (word === 'reply') this.#answer(seq, words);
    else if (word === 'edit') this.edit(seq, words);
    else if (word === 'delete') this.#askDelete(seq);
    else this.#react(seq, words, word === 'react');
    return true;
  }

  /** A promise of whether it was done. */
  edit(seq, text) {
    return this.#ask('edit', { seq, text });
  }

  #answer(seq, text) {
    this.#chat.outbox.add(this.#chat.open, text, this.#chat.isReady, seq);
    this.#messages.toNewest();
  }

  #stands(seq, reaction) {
    const standing = this.#chat.open.log.messages.reactions(seq).find((known) => known.reaction === reaction);
    return Boolean(standing?.whose.some((who) => this.#chat.isMine(who)));
  }

  #react(seq, reaction, on) {
    return this.#ask('react', { seq, reaction, on });
  }

  #ask(request, fields) {
    return this.#attempt(() => this.#chat.ask(request, { of: this.#chat.open.address, ...fields }));
  }

  #askDelete(seq) {
    const { open } = this.#chat;
    byId('delete-what').replaceChildren(...inShort(seq, open.log));
    byId('delete-form').onsubmit = (submitted) => {
      submitted.preventDefault();
      byId('delete-dialog').close();
      this.#attempt(() => this.#chat.ask('delete', { of: open.address, seq }));
    };
    byId('delete-dialog').showModal();
  }
}
