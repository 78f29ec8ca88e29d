// Where one writes: a draft for each conversation, Enter to send, and the few commands of who is used to typing them.

import { byId } from './nodes.js';

const TEXT_BYTES_MAX = 65_536;
const ROWS_MAX = 8;

export const HELP = '/join NAME enters a room · /dm NAME writes to somebody · /leave leaves · //text says /text';

export class Composer {
  #chat;
  #on;
  #conversation = null;
  #field = byId('composer');

  /** `on.post` is called with a text, `on.command` with a word and what follows it, `on.say` with what went wrong. */
  constructor(chat, on) {
    this.#chat = chat;
    this.#on = on;
    this.#field.addEventListener('input', () => this.#changed());
    this.#field.addEventListener('keydown', (key) => this.#pressed(key));
    byId('compose').addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      this.#send();
      this.#field.focus();
    });
  }

  render() {
    const { open } = this.#chat;
    if (open === this.#conversation) return;
    this.#conversation = open;
    this.#put(open?.draft ?? '');
  }

  #pressed(key) {
    // Enter that ends the composition of a character is not meant for us.
    if (key.key !== 'Enter' || key.shiftKey || key.isComposing || key.keyCode === 229) return;
    key.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#field.value;
    if (!this.#conversation || !text.trim()) return;
    if (new TextEncoder().encode(text).length > TEXT_BYTES_MAX) return this.#on.say('that is too long for one message');
    const command = /^\s*\/(?!\/)(\S*)\s*(.*)$/s.exec(text);
    this.#on.say('');
    if (!command) this.#on.post(text.replace(/^(\s*)\/\//, '$1/'));
    else if (!this.#on.command(command[1].toLowerCase(), command[2].trim())) return;
    this.#conversation.draft = '';
    this.#put('');
  }

  #put(text) {
    this.#field.value = text;
    this.#grow();
  }

  #changed() {
    if (this.#conversation) this.#conversation.draft = this.#field.value;
    this.#on.say('');
    this.#grow();
  }

  /** For browsers without `field-sizing`. */
  #grow() {
    this.#field.rows = Math.min(ROWS_MAX, this.#field.value.split('\n').length);
  }
}
