// Where one writes: a draft for each conversation, Enter to send, and the few commands of who is used to typing them.

import { inShort } from './item.js';
import { byId } from './nodes.js';

const TEXT_BYTES_MAX = 65_536;
const ROWS_MAX = 8;

export const HELP =
  '/join NAME enters a room · /dm NAME writes to somebody · /leave leaves · /search WORDS finds messages · /reply TEXT, /react EMOJI, /unreact EMOJI are ' +
  'about the newest message of others · /edit TEXT and /delete about your own · //text says /text';

export class Composer {
  #chat;
  #on;
  #conversation = null;
  #field = byId('composer');
  /** An edit is on its way. */
  #isBusy = false;

  /**
   * `on.post` is called with a text and the message that it answers, `on.edit` with the message and its new text, to say
   * whether it was done; `on.command` with a word and what follows it, `on.say` with what went wrong.
   */
  constructor(chat, on) {
    this.#chat = chat;
    this.#on = on;
    this.#field.addEventListener('input', () => this.#changed());
    this.#field.addEventListener('keydown', (key) => this.#pressed(key));
    byId('about-cancel').addEventListener('click', () => this.#cancel());
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
    this.#renderAbout();
  }

  /** What is written from now on answers a message, or takes its place: `{ kind: 'reply' | 'edit', seq, text }`. */
  begin(about) {
    const conversation = this.#conversation;
    conversation.about = { ...about, before: conversation.about?.before ?? conversation.draft };
    if (about.kind === 'edit') this.#write(about.text);
    this.#renderAbout();
    this.#field.focus();
  }

  #cancel() {
    this.#write(this.#conversation.about?.kind === 'edit' ? this.#conversation.about.before : this.#field.value);
    this.#done();
    this.#field.focus();
  }

  #done() {
    this.#conversation.about = null;
    this.#renderAbout();
  }

  #renderAbout() {
    const about = this.#conversation?.about;
    byId('about').hidden = !about;
    if (!about) return;
    const words = about.kind === 'edit' ? 'Editing ' : 'Reply to ';
    byId('about-what').replaceChildren(words, ...inShort(about.seq, this.#conversation.log));
  }

  #write(text) {
    this.#conversation.draft = text;
    this.#put(text);
  }

  #pressed(key) {
    if (key.key === 'Escape' && this.#conversation?.about) return this.#cancel();
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
    const { about } = this.#conversation;
    const said = text.replace(/^(\s*)\/\//, '$1/');
    if (about?.kind === 'edit') return this.#edit(about, text);
    if (!command) this.#on.post(said, about?.seq);
    else if (!this.#on.command(command[1].toLowerCase(), command[2].trim())) return;
    this.#write('');
    if (!command) this.#done();
  }

  /** What was not done stays to be tried again. */
  async #edit({ seq, before }, text) {
    const conversation = this.#conversation;
    if (this.#isBusy) return;
    this.#isBusy = true;
    const isDone = await this.#on.edit(seq, text);
    this.#isBusy = false;
    if (!isDone || conversation.about?.seq !== seq) return;
    conversation.about = null;
    conversation.draft = before;
    if (conversation === this.#conversation) {
      this.#put(before);
      this.#renderAbout();
    }
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
