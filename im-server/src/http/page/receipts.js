// Tells the server what of direct messages is here, so that who sent them sees it: what was heard, and what was fetched.

/** So long what is heard is taken together. */
const PAUSE_MS = 200;
/** On coming, what is unread is fetched in so many conversations; in others when it is looked at. */
const FETCHES_MAX = 20;

export class Receipts {
  #chat;
  /** By id of the conversation: all up to there is here. */
  #untold = new Map();
  #pause = 0;

  constructor(chat) {
    this.#chat = chat;
  }

  /** What was said while nobody was here is fetched: a number of unread messages alone is no message. */
  async fetch() {
    if (this.#untold.size) this.#tellSoon();
    const waiting = this.#chat.sorted().filter(({ kind, unread }) => kind === 'direct' && unread > 0);
    for (const conversation of waiting.slice(0, FETCHES_MAX)) await this.#chat.prefetch(conversation);
  }

  /** An event has come: with what is here, it leaves no hole. */
  heard(conversation, event) {
    if (event.seq === Math.max(conversation.had, conversation.read) + 1) this.#has(conversation, event.seq, this.#chat.isMine(event));
  }

  /** A page has come. */
  read(conversation) {
    const { first, last } = conversation.log;
    if (first && first <= Math.max(conversation.had, conversation.read) + 1) this.#has(conversation, last, false);
  }

  #has(conversation, seq, isMine) {
    if (seq <= conversation.had) return;
    conversation.had = seq;
    if (conversation.kind !== 'direct' || isMine) return;
    this.#untold.set(conversation.id, seq);
    this.#tellSoon();
  }

  /** Somebody else will be here. */
  forget() {
    this.#untold.clear();
  }

  #tellSoon() {
    this.#pause ||= setTimeout(() => this.#tell(), PAUSE_MS);
  }

  async #tell() {
    this.#pause = 0;
    const told = this.#untold;
    this.#untold = new Map();
    try {
      if (told.size) await this.#chat.ask('received', { upto: Object.fromEntries(told) });
    } catch {
      // Said again with the next one, or after coming back.
      this.#untold = new Map([...told, ...this.#untold]);
    }
  }
}
