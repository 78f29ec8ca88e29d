// Posts on their way: each under one message id until the server has it, however often the connection breaks.

import { Refusal } from './connection.js';

const MESSAGE_ID_BYTES = 16;

export class Outbox {
  /** In the order of sending. A `state` is `sending`, `kept` (on the server's disk) or `refused`, with an `error`. */
  posts = [];
  #ask;
  #changed;

  constructor(ask, changed) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** `answers` is the seq of the message that it answers, if any. */
  add(conversation, text, isReady, answers = null) {
    const post = { conversation, text, answers, message: newMessageId(), state: 'sending', error: '', seq: 0 };
    this.posts.push(post);
    this.#changed();
    if (isReady) this.#send(post);
  }

  /** Sends again what has no answer: the same message id, so what was kept already is not said twice. */
  resend() {
    for (const post of this.posts) if (post.state === 'sending') this.#send(post);
  }

  retry(post, isReady) {
    post.state = 'sending';
    this.#changed();
    if (isReady) this.#send(post);
  }

  discard(post) {
    this.#keep((other) => other !== post);
  }

  /** Whoever sent these is somebody else now: under the new name they would be said twice. */
  hold(error) {
    for (const post of this.posts) if (post.state === 'sending') Object.assign(post, { state: 'refused', error });
    this.#changed();
  }

  forget(conversation) {
    this.#keep((post) => post.conversation !== conversation);
  }

  /** Events of a conversation are shown now: what was sent is seen there. */
  shown(conversation, events) {
    if (!this.posts.some((post) => post.conversation === conversation)) return;
    const messages = new Set(events.map(({ message }) => message));
    const last = events.at(-1)?.seq ?? 0;
    const isThere = (post) => messages.has(post.message) || (post.state === 'kept' && post.seq <= last);
    this.#keep((post) => post.conversation !== conversation || !isThere(post));
  }

  async #send(post) {
    const { conversation, text, answers, message } = post;
    try {
      const { seq } = await this.#ask('post', { to: conversation.address, text, message, reply_to: answers });
      Object.assign(post, { state: 'kept', seq });
    } catch (error) {
      if (!(error instanceof Refusal)) return; // sent again after coming back
      Object.assign(post, { state: 'refused', error: error.message });
    }
    this.#changed();
  }

  #keep(wanted) {
    const before = this.posts.length;
    this.posts = this.posts.filter(wanted);
    if (this.posts.length !== before) this.#changed();
  }
}

/** 128 random bits. `crypto.randomUUID` is only there in secure contexts, and plain http is none. */
function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(MESSAGE_ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
