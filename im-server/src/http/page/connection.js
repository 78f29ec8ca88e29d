// The connection to the server: requests and their replies, what is told in between, and coming back when it breaks.

const RETRY_SECONDS_FIRST = 0.5;
const RETRY_SECONDS_MAX = 15;
/** A server that stops may ask for so long. */
const COME_BACK_SECONDS_MAX = 120;
const WATCH_SECONDS = 5;
/** After so long without a word the server is asked whether it is there, */
const QUIET_SECONDS_MAX = 20;
/** and so long it has to answer. */
const ANSWER_SECONDS_MAX = 8;
const OPENING_SECONDS_MAX = 15;

/** Where in a line of JSON something was wrong is nothing to people. */
const PLACE = / at line \d+ column \d+$/;

/** The server said no; nothing has changed. */
export class Refusal extends Error {
  constructor({ code, error, detail }) {
    super((detail ?? error).replace(PLACE, ''));
    this.code = code;
  }
}

/** There is no connection, or it broke before the reply: what was asked may have been done or not. */
export class Lost extends Error {
  constructor() {
    super('not connected, try again in a moment');
  }
}

export class Connection {
  #on;
  #socket = null;
  /** Requests without a reply, by tag. */
  #asked = new Map();
  #tag = 0;
  /** Which attempt counts: what an earlier one brings is too late. */
  #attempt = 0;
  #failures = 0;
  #comeBackSeconds = 0;
  #retry = 0;
  #watch = 0;
  #heardAt = 0;
  #askedAt = 0;

  /**
   * `on.prepare` is awaited before each attempt, `on.arrive` after each opening; if one fails, so has the attempt.
   * `on.event` and `on.notice` get what is told, `on.state` how it stands: `{ is, until }`, `is` being `connecting`,
   * `connected` or `waiting`, until then.
   */
  constructor(on) {
    this.#on = on;
  }

  start() {
    this.stop();
    this.#failures = 0;
    this.#watch = setInterval(() => this.#lookAfter(), WATCH_SECONDS * 1000);
    this.#connect();
  }

  stop() {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#watch = 0;
    this.#drop();
  }

  /** Something happened that makes success likely, or an answer wanted. */
  hurry() {
    if (!this.#watch) return;
    if (this.#retry) this.#connect();
    else if (performance.now() - this.#heardAt > WATCH_SECONDS * 1000) this.#knock();
  }

  /** The server is about to stop, and says when to dial again: not all come back in one moment. */
  comeBack(milliseconds) {
    this.#comeBackSeconds = Math.min(milliseconds / 1000, COME_BACK_SECONDS_MAX);
  }

  /** Gives up this connection, not the wish for one. */
  fail() {
    this.#drop();
    if (!this.#watch) return;
    const told = this.#comeBackSeconds;
    this.#comeBackSeconds = 0;
    const seconds =
      told ||
      Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS_FIRST * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    this.#retry = setTimeout(() => this.#connect(), seconds * 1000);
    this.#on.state({ is: 'waiting', until: Date.now() + seconds * 1000 });
  }

  /** A promise of the reply. */
  ask(request, fields = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Lost());
    const tag = ++this.#tag;
    this.#socket.send(JSON.stringify({ ...fields, request, tag }));
    return new Promise((resolve, reject) => this.#asked.set(tag, { resolve, reject }));
  }

  async #connect() {
    this.#drop();
    const attempt = this.#attempt;
    this.#on.state({ is: 'connecting' });
    try {
      await this.#on.prepare();
    } catch {
      if (attempt === this.#attempt) this.fail();
      return;
    }
    if (attempt === this.#attempt) this.#open();
  }

  #open() {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`);
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.onopen = () => this.#arrive(socket);
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => this.fail();
  }

  async #arrive(socket) {
    try {
      await this.#on.arrive();
    } catch {
      if (socket === this.#socket) this.fail();
      return;
    }
    if (socket !== this.#socket) return;
    this.#failures = 0;
    this.#on.state({ is: 'connected' });
  }

  #hear(message) {
    this.#heardAt = performance.now();
    if (message.reply) this.#settle(message);
    else if (message.notice) this.#on.notice(message);
    else this.#on.event(message);
  }

  #settle(reply) {
    const asked = this.#asked.get(reply.tag);
    this.#asked.delete(reply.tag);
    if (reply.reply === 'refused') asked?.reject(new Refusal(reply));
    else asked?.resolve(reply);
  }

  /** A connection can die without a sign: who hears nothing has to ask. */
  #lookAfter() {
    if (!this.#socket) return;
    const now = performance.now();
    if (this.#socket.readyState === WebSocket.CONNECTING) {
      if (now - this.#heardAt > OPENING_SECONDS_MAX * 1000) this.fail();
    } else if (this.#askedAt > this.#heardAt) {
      if (now - this.#askedAt > ANSWER_SECONDS_MAX * 1000) this.fail();
    } else if (now - this.#heardAt > QUIET_SECONDS_MAX * 1000) {
      this.#knock();
    }
  }

  #knock() {
    if (this.#askedAt > this.#heardAt) return;
    this.#askedAt = performance.now();
    this.ask('ping').catch(() => {});
  }

  #drop() {
    this.#attempt++;
    clearTimeout(this.#retry);
    this.#retry = 0;
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject } of asked) reject(new Lost());
  }
}
