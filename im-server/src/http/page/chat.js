// What is known: who one is, the conversations and their logs, the people, what waits. Views read it; the server's word
// changes it.

import { Lost, Refusal } from './connection.js';
import { isMessage } from './fold.js';
import { Log } from './log.js';
import { Outbox } from './outbox.js';
import { Receipts } from './receipts.js';

const PAGE_EVENTS = 50;
const PAGE_EVENTS_MAX = 200;
/** A gap beyond this is not read through: what is newest is shown, and the gap when somebody scrolls there. */
const GAP_EVENTS_MAX = 400;
const CONVERSATIONS_MAX = 1000;
const PEOPLE_PAUSE_MS = 700;
const NAME_PAUSE_MS = 700;
const BUSY_PAUSE_MS = 1000;
const LOBBY = 'lobby';

/** These change who is in a conversation, or what they may do there. */
const ABOUT_PEOPLE = new Set(['created', 'joined', 'left', 'role', 'kicked', 'banned']);

/** These put somebody out. */
const PUTS_OUT = new Set(['kicked', 'banned']);

/** The same name with another `guest` is another person. */
const whoIs = ({ name, guest }) => (guest ? `~${name}` : name);

export class Chat {
  /** `{ name, guest }`, of whoever is here. A guest who has no name yet may `wish` for one, or have `had` one. */
  me = { name: '', guest: false };
  /** By id. */
  conversations = new Map();
  /** The one that is looked at, or null. */
  open = null;
  pending = [];
  /** Who is online, as far as it was told. */
  online = new Set();
  /** Who is in the open conversation: `{ people, online, total }`. */
  company = null;
  /** The connection is up and everything is followed. */
  isReady = false;

  #connection;
  #on;
  #peoplePause = 0;
  #asksEverybody = false;
  /** Addresses of conversations that events come from and nothing else is known of. */
  #meeting = new Set();
  /** Says what was received. */
  #receipts;

  /**
   * `on.changed` is called when anything is different, `on.say` with what the user should know, `on.gone` when the
   * open conversation is no longer one's own, `on.putOut` with a conversation and the event that put one out of it.
   */
  constructor(connection, on) {
    this.#connection = connection;
    this.#on = on;
    this.outbox = new Outbox((request, fields) => this.ask(request, fields), on.changed);
    this.#receipts = new Receipts(this);
  }

  ask(request, fields) {
    return this.#connection.ask(request, fields);
  }

  // ---- Coming

  /** The connection is open: says who one is, and follows everything from where it stands. */
  async arrive() {
    if (this.me.guest) await this.#comeAsGuest();
    const { conversations } = await this.ask('conversations');
    this.#replaceAll(conversations);
    await this.ask('follow', { after: Object.fromEntries(conversations.map(({ id, head }) => [id, head])) });
    if (this.me.guest) await (this.conversations.size ? this.#visitAgain() : this.join(LOBBY));
    this.isReady = true;
    this.outbox.resend();
    this.#askWhatWaits();
    this.#receipts.fetch();
    this.peopleChanged(true);
    this.#on.changed();
  }

  /** The connection is gone; what is known stays to be looked at. */
  depart() {
    this.isReady = false;
    for (const { log } of this.conversations.values()) if (log) Object.assign(log, { refusal: '', isStale: true });
  }

  /** Somebody else will be here. */
  forgetAll() {
    this.depart();
    this.me = { name: '', guest: false };
    this.open = this.company = null;
    this.pending = [];
    this.conversations.clear();
    this.online.clear();
    this.outbox.posts = [];
    this.#receipts.forget();
  }

  async #comeAsGuest() {
    const before = this.me.name || this.me.had;
    const { user } = await (before ? this.#claimAgain(before) : this.#claim(this.me.wish));
    this.me.name = user;
    if (!before || before === user) return;
    // What was said between others and somebody of the old name is not this guest's any more.
    for (const conversation of this.conversations.values())
      if (conversation.kind === 'direct') this.#forget(conversation);
    this.outbox.hold('it is not known whether the server has it');
    this.#on.say(`${before} is not your name any more: you are ${user} now`);
  }

  #claim(name) {
    return this.ask('come-as-guest', name ? { name } : {});
  }

  /** A name that was had may be held for a moment yet by the connection that broke. */
  async #claimAgain(name) {
    for (const pause of [0, NAME_PAUSE_MS]) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        return await this.#claim(name);
      } catch (error) {
        if (!['name-taken', 'look-alike', 'name-reserved'].includes(error.code)) throw error;
        if (error.code === 'name-reserved') break; // it was given, not chosen
      }
    }
    return this.#claim();
  }

  /** Guests are members of no room: who comes again has to enter again. */
  async #visitAgain() {
    const rooms = [...this.conversations.values()].filter(({ kind }) => kind !== 'direct');
    for (const name of rooms.map(({ address }) => address.slice(1))) {
      try {
        this.#catchUp(this.#learn(await this.ask('join', { name, create: false })));
      } catch (error) {
        if (error instanceof Lost) throw error;
      }
    }
  }

  #replaceAll(conversations) {
    const there = new Set(conversations.map(({ id }) => id));
    const isWhole = conversations.length < CONVERSATIONS_MAX && !this.me.guest;
    for (const known of this.conversations.values()) if (isWhole && !there.has(known.id)) this.#forget(known);
    for (const told of conversations) this.#catchUp(this.#learn(told));
  }

  /** All up to the head is taken for told: what of it is not held is asked for when it is looked at. */
  #catchUp(conversation) {
    const { log, head } = conversation;
    conversation.live = head;
    if (log && head > log.last) log.hasNewer = true;
  }

  #askWhatWaits() {
    this.ask('pending').then(
      ({ pending }) => this.#waits(pending),
      () => {},
    );
  }

  // ---- What the server tells

  hear(event) {
    const conversation = this.conversations.get(event.conversation);
    if (!conversation) return this.#meet(event.address);
    if (event.seq <= conversation.live) return;
    conversation.live = event.seq;
    conversation.head = Math.max(conversation.head, event.seq);
    conversation.active = event.at;
    conversation.log?.hear(event);
    if (event.kind === 'posted') this.#count(conversation, event);
    this.#receipts.heard(conversation, event);
    if (event.kind === 'topic-set') conversation.topic = event.topic ?? '';
    if (event.kind === 'left' && this.isMine(event)) this.#forget(conversation);
    else if (PUTS_OUT.has(event.kind) && this.isMine({ from: event.user, guest: event.is_guest })) {
      this.#forget(conversation);
      this.#on.putOut(conversation, event);
    }
    else if (ABOUT_PEOPLE.has(event.kind) && conversation === this.open) this.peopleChanged();
    this.#on.changed();
  }

  notice(told) {
    switch (told.notice) {
      case 'conversation':
        this.#learn(told);
        break;
      case 'pending':
        this.#waits(told.pending);
        break;
      case 'mark':
        this.#marked(told);
        break;
      case 'receipts':
        this.#has(this.conversations.get(told.conversation), told.receipts);
        break;
      case 'forgotten':
        this.#reread(this.conversations.get(told.conversation));
        break;
      case 'mentions':
        this.#mentioned(this.conversations.get(told.conversation), told);
        break;
      case 'presence':
        this.online[told.online ? 'add' : 'delete'](whoIs(told.user));
        this.peopleChanged();
        break;
      case 'presence-stale':
        this.peopleChanged(true);
        break;
      case 'about':
        Object.assign(this.conversations.get(told.conversation) ?? {}, { topic: told.topic ?? '' });
        break;
      case 'renamed':
        this.peopleChanged();
    }
    this.#on.changed();
  }

  isMine({ from, guest = false }) {
    return from === this.me.name && guest === this.me.guest;
  }

  /** What is told about a conversation, new or changed. */
  #learn({ id, address, kind, role, head, active, read, unread, members, guest, receipts, mentions }) {
    let known = this.conversations.get(id);
    const told = { address, kind, role, head, active, members, guest };
    // A guest's read mark of a room is kept nowhere else; and one that was just set is told a little later.
    const keepsMark = known && ((this.me.guest && kind !== 'direct') || (this.isReady && read < known.read));
    if (!keepsMark) Object.assign(told, { read, unread, countedTo: head });
    if (!known) {
      known = { id, log: null, draft: '', about: null, live: 0, had: read, receipts: { received: 0, read: 0 } };
      known.mentions = 0;
      this.conversations.set(id, known);
      this.peopleChanged(kind === 'direct');
    }
    this.#has(known, receipts);
    // On a new connection nothing that was told before can overtake what is told now.
    if (!this.isReady) known.mentionsOf = null;
    this.#mentioned(known, { head, read, mentions });
    return Object.assign(known, told);
  }

  /** The other one of a direct conversation has so much of it. Both only grow. */
  #has(conversation, receipts) {
    if (!conversation || !receipts) return;
    const { received, read } = conversation.receipts;
    conversation.receipts = {
      received: Math.max(received, receipts.received),
      read: Math.max(read, receipts.read),
    };
  }

  /** So many unread messages mention one, at this head and this mark. What is of a newer log or a newer mark holds. */
  #mentioned(conversation, { head, read, mentions }) {
    const known = conversation?.mentionsOf ?? { head: 0, read: 0 };
    if (!conversation || head < known.head || read < known.read) return;
    Object.assign(conversation, { mentions, mentionsOf: { head, read } });
  }

  /** Messages were taken out that no event tells of. */
  #reread(conversation) {
    if (conversation?.log) conversation.log.isStale = true;
  }

  /** An event of a conversation that nothing was told of. */
  async #meet(address) {
    if (!address || this.#meeting.has(address)) return;
    this.#meeting.add(address);
    await this.ask('open', { address }).then(
      (told) => this.#learn(told),
      () => {},
    );
    this.#meeting.delete(address);
    this.#on.changed();
  }

  #count(conversation, event) {
    if (this.isMine(event)) {
      Object.assign(conversation, { read: event.seq, unread: 0 });
      this.#mentioned(conversation, { head: event.seq, read: event.seq, mentions: 0 });
    } else if (event.seq > conversation.countedTo) conversation.unread++;
  }

  #marked({ conversation: id, read, unread }) {
    const conversation = this.conversations.get(id);
    if (conversation && read >= conversation.read) Object.assign(conversation, { read, unread });
  }

  #waits(pending) {
    this.pending = pending;
    this.#on.changed();
  }

  #forget(conversation) {
    this.conversations.delete(conversation.id);
    this.outbox.forget(conversation);
    if (this.open !== conversation) return;
    this.open = null;
    this.#on.gone();
  }

  // ---- Conversations

  byAddress(address) {
    for (const conversation of this.conversations.values()) if (conversation.address === address) return conversation;
    return null;
  }

  sorted() {
    return [...this.conversations.values()].sort((a, b) => (a.active < b.active ? 1 : a.active > b.active ? -1 : 0));
  }

  /** The conversation of this address; for guests this enters a room. */
  async find(address) {
    return this.#enter(await this.ask('open', { address }));
  }

  /** Enters a room, made if need be, or asks to be let into a group: then there is no conversation yet. */
  async join(name) {
    try {
      const reply = await this.ask('join', { name, create: true });
      return reply.reply === 'asked' ? null : this.#enter(reply);
    } catch (error) {
      if (error.code !== 'already-member') throw error;
      return this.find(`#${name}`);
    }
  }

  async create(group) {
    return this.#enter(await this.ask('create', { group }));
  }

  async leave(conversation) {
    await this.ask('leave', { name: conversation.address.slice(1) });
    this.#forget(conversation);
    this.#on.changed();
  }

  /** Answers what waits. */
  async answer({ group, kind, by }, yes) {
    if (kind === 'rejection') await this.ask('dismiss', { group });
    else await this.ask('answer', kind === 'request' ? { group, user: by, yes } : { group, yes });
    this.#askWhatWaits();
  }

  #enter(told) {
    const isNew = !this.conversations.has(told.id);
    const conversation = this.#learn(told);
    // A guest hears a room from its head on; what members hear is told from where they came.
    if (isNew && this.me.guest) conversation.live = told.head;
    this.#on.changed();
    return conversation;
  }

  // ---- Logs

  look(conversation) {
    this.open = conversation;
    this.company = null;
    if (conversation) {
      conversation.log ??= new Log();
      conversation.log.refusal = '';
      this.#askCompany();
    }
    this.#on.changed();
  }

  loadOlder(conversation) {
    const { log } = conversation;
    return this.#load(conversation, { before: log.first }, PAGE_EVENTS, (page) => log.older(page));
  }

  loadNewer(conversation) {
    const { log } = conversation;
    return this.#load(conversation, { after: log.last }, PAGE_EVENTS_MAX, (page, heard) => log.newer(page, heard));
  }

  loadNewest(conversation) {
    const { log } = conversation;
    return this.#load(conversation, 'newest', PAGE_EVENTS, (page, heard) => log.newest(page, heard));
  }

  /** What somebody who looks elsewhere would find. */
  async prefetch(conversation) {
    conversation.log ??= new Log();
    const { isLoading, hasNewer } = conversation.log;
    if (this.isReady && conversation !== this.open && hasNewer && !isLoading) await this.loadNewest(conversation);
  }

  /** What is held, as it reads now: the end of it, as far as it fits a page. */
  loadAgain(conversation) {
    const { log } = conversation;
    const after = Math.max(0, log.first - 1, log.last - PAGE_EVENTS_MAX);
    return this.#load(conversation, { after }, PAGE_EVENTS_MAX, (page, heard) => log.around(page, heard));
  }

  /** The page in whose middle a message stands. */
  loadAround(conversation, seq) {
    const after = Math.max(0, seq - PAGE_EVENTS / 2);
    return this.#load(conversation, { after }, PAGE_EVENTS, (page, heard) => conversation.log.around(page, heard));
  }

  /** Too much is missing between what is held and what is newest. */
  hasLongGap({ log, live }) {
    return log.events.length === 0 || live - log.last > GAP_EVENTS_MAX;
  }

  async #load(conversation, page, limit, put) {
    const { log, live, address } = conversation;
    log.loads();
    try {
      const told = await this.ask('history', { of: address, page, limit });
      put(told, conversation.live > live ? conversation.live : 0);
      this.#receipts.read(conversation);
    } catch (error) {
      if (['busy', 'too-often'].includes(error.code)) await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
      else if (error instanceof Refusal) log.refusal = error.message;
    } finally {
      log.loaded();
      this.#on.changed();
    }
  }

  /** The end was seen. */
  mark(conversation) {
    const read = conversation.log.last;
    if (!this.isReady || read <= conversation.read) return;
    Object.assign(conversation, { read, unread: 0, countedTo: Math.max(read, conversation.countedTo) });
    this.#mentioned(conversation, { head: read, read, mentions: 0 });
    this.ask('mark', { of: conversation.address, read }).catch(() => {});
    this.#on.changed();
  }

  /** Where all that is unread is held, it can be counted, and needs no trust in what was told when. */
  recount(conversation) {
    const { log, read, live } = conversation;
    if (log.hasNewer || log.first > read + 1 || log.last < live) return;
    let unread = 0;
    for (let i = log.events.length - 1; i >= 0 && log.events[i].seq > read; i--) {
      if (isMessage(log.events[i]) && !this.isMine(log.events[i])) unread++;
    }
    Object.assign(conversation, { unread, countedTo: log.last });
  }

  // ---- People

  /** Whether the other one of a direct conversation is there. */
  isOnline({ address, guest }) {
    return this.online.has(whoIs({ name: address.slice(1), guest }));
  }

  /** Asks who is there, once for all that happens within a moment; of `everybody`, or of the open conversation only. */
  peopleChanged(everybody = false) {
    this.#asksEverybody ||= everybody;
    this.#peoplePause ||= setTimeout(() => {
      this.#peoplePause = 0;
      if (this.#asksEverybody) this.#askEverybody();
      this.#asksEverybody = false;
      this.#askCompany();
    }, PEOPLE_PAUSE_MS);
  }

  async #askCompany() {
    const { open } = this;
    if (!this.isReady || !open || open.kind === 'direct') return;
    const company = await this.ask('who', { of: open.address.slice(1) }).catch(() => null);
    if (!company || open !== this.open) return;
    this.company = company;
    this.#on.changed();
  }

  async #askEverybody() {
    const everybody = await this.ask('who').catch(() => null);
    if (!everybody) return;
    this.online = new Set(everybody.people.map(whoIs));
    this.#on.changed();
  }
}
