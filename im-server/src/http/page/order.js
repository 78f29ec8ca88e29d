// What those who keep order type: the same commands as everywhere, about the conversation that is open.

import { clean } from './nodes.js';

const DEEDS = ['kick', 'ban', 'unban', 'mute', 'unmute'];
const UNITS = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

export class Order {
  #chat;
  #attempt;
  #say;

  constructor({ chat, attempt, say }) {
    this.#chat = chat;
    this.#attempt = attempt;
    this.#say = say;
  }

  /** Whether it was understood. */
  command(word, rest) {
    const request = this.#request(word, rest);
    if (!request) return false;
    const { open } = this.#chat;
    if (!open || open.kind === 'direct') this.#say('that is about a room or a group');
    else this.#attempt(() => this.#ask(...request, open));
    return true;
  }

  #request(word, rest) {
    const [first, more] = split(rest);
    if (DEEDS.includes(word) && first) {
      const timed = word === 'ban' || word === 'mute' ? secondsIn(split(more)[0]) : null;
      const why = (timed ? split(more)[1] : more) || null;
      return ['moderate', { user: first.replace(/^@/, ''), deed: word, seconds: timed, why }];
    }
    if (word === 'topic') return rest ? ['set-topic', { topic: rest === 'off' ? null : rest }] : ['about', {}];
    if (word === 'topic-lock' && ['', 'on', 'off'].includes(rest)) return ['lock-topic', { on: rest !== 'off' }];
    const pause = rest === 'off' ? 0 : /^\d+$/.test(rest) ? Number(rest) : secondsIn(rest);
    if (word === 'slow' && pause !== null) return ['set-slow-mode', { seconds: pause }];
    return word === 'bans' && !rest ? ['sanctions', {}] : null;
  }

  async #ask(request, fields, { address }) {
    const of = request === 'about' ? address : address.slice(1);
    const { topic, sanctions } = await this.#chat.ask(request, { of, ...fields });
    if (request === 'about') this.#say(topic ? `the topic of ${clean(`${address}: ${topic}`)}` : `${clean(address)} has no topic`);
    if (sanctions) this.#say(sanctions.map(inWords).join(', ') || 'nobody is banned or muted');
  }
}

const inWords = ({ kind, user, until }) =>
  clean(`${user} is ${kind === 'ban' ? 'banned' : 'muted'}${until ? ` until ${new Date(until).toLocaleString()}` : ''}`);

/** The first word, and what follows. */
function split(text) {
  const [, first, more] = /^(\S*)\s*(.*)$/s.exec(text);
  return [first, more];
}

/** `10m`, `2h`, `7d`: in seconds, or null. */
function secondsIn(word) {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(word) ?? [];
  return unit ? Number(count) * UNITS[unit] : null;
}
