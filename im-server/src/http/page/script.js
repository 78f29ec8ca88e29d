// The page: puts its parts together, follows the URL's fragment, and says how things stand.

import { Account } from './account.js';
import { Chat } from './chat.js';
import { Composer, HELP } from './composer.js';
import { Connection, Lost, Refusal } from './connection.js';
import { Deeds } from './deeds.js';
import { Messages } from './messages.js';
import { byId, clean, nameOf, titleOf } from './nodes.js';
import { Order } from './order.js';
import { Search } from './search.js';
import { Sides, fragmentOf } from './sides.js';
import { SignIn, signOut, signedIn, wordsFor } from './sign-in.js';

/** A hidden tab draws no frames; it is brought up to date this often. */
const HIDDEN_FRAME_MS = 500;
/** Where a guest's name is remembered, for when this tab is loaded again. */
const GUEST_KEY = 'guest';

const connection = new Connection({
  prepare: checkSession,
  arrive,
  event: (event) => chat.hear(event),
  notice: noticed,
  state: connectionIs,
});
const chat = new Chat(connection, { changed, say, gone: () => go('', true), putOut });
const messages = new Messages(chat, (what, seq, reaction) => deeds.act(what, seq, reaction));
const sides = new Sides(chat, (waiting, yes) => attempt(() => chat.answer(waiting, yes)));
const composer = new Composer(chat, { post, edit: (seq, text) => deeds.edit(seq, text), command, say });
const deeds = new Deeds({ chat, messages, composer, attempt, say });
const order = new Order({ chat, attempt, say });
const search = new Search(chat, goTo);
new Account();
new SignIn({ account: enterAs, guest: comeAsGuest, say });

/** All tabs have one cookie: what one does with it concerns the others. */
const tabs = new BroadcastChannel('im');
tabs.onmessage = () => !chat.me.guest && chat.me.name && checkSession().catch(() => {});

let state = { is: 'stopped' };
let frame = 0;
let frameOfHidden = 0;

// ---- Coming and going

async function start() {
  const had = sessionStorage.getItem(GUEST_KEY);
  try {
    const user = await signedIn();
    if (user) enterAs(user);
    else if (had !== null) comeAsGuest('', had);
    else leave();
  } catch (error) {
    leave(wordsFor(error));
  }
}

function enterAs(user) {
  sessionStorage.removeItem(GUEST_KEY);
  chat.me = { name: user, guest: false };
  showChat();
  connection.start();
}

/** The chat is shown when the server has let the guest in. */
function comeAsGuest(wish, had = '') {
  say('');
  chat.me = { name: '', guest: true, wish, had };
  connection.start();
}

/** Whether the cookie is still good, and still this user's: another tab may have changed it. */
async function checkSession() {
  const user = await signedIn();
  if (user === (chat.me.guest ? null : chat.me.name)) return;
  connection.stop();
  if (user) location.reload();
  else leave('this sign-in is no longer valid, sign in again');
}

async function arrive() {
  try {
    await chat.arrive();
  } catch (error) {
    if (error.code === 'not-signed-in') return leave('sign in again');
    if (chat.me.guest && !chat.me.name && error instanceof Refusal) return leave(error.message, 'guest-name');
    throw error;
  }
  if (chat.me.guest) sessionStorage.setItem(GUEST_KEY, chat.me.name);
  showChat();
  if (!chat.open || chat.open.address !== addressIn(location.hash)) route();
}

/** Nobody is here any more: back to the card, and nothing of what was known is kept. */
function leave(why = '', focus = 'name') {
  connection.stop();
  sessionStorage.removeItem(GUEST_KEY);
  chat.forgetAll();
  render();
  byId('chat').hidden = true;
  byId('welcome').hidden = false;
  byId('come-as-guest').before(byId('error'));
  document.title = 'im';
  state = { is: 'stopped' };
  renderStatus();
  say(why);
  byId(focus).focus();
}

function showChat() {
  if (!byId('chat').hidden) return;
  byId('welcome').hidden = true;
  byId('chat').hidden = false;
  byId('top').after(byId('error'));
  byId('new-group').hidden = chat.me.guest;
  byId('account-button').hidden = chat.me.guest;
  changed();
}

byId('sign-out').addEventListener('click', async () => {
  try {
    if (!chat.me.guest) await signOut();
    leave();
    tabs.postMessage('signed out');
    history.replaceState(null, '', location.pathname);
  } catch (error) {
    say(wordsFor(error));
  }
});

// ---- The connection

function noticed(notice) {
  if (notice.notice === 'come-back') connection.comeBack(notice.after_milliseconds);
  else if (notice.notice !== 'closing') chat.notice(notice);
  else if (notice.code === 'bad-token' || notice.code === 'suspended') leave(notice.error);
  else {
    if (notice.code === 'too-long') chat.outbox.hold(notice.error); // sent again it would end the next connection too
    connection.fail();
  }
}

function connectionIs(now) {
  const wasConnected = state.is === 'connected';
  state = now;
  if (now.is !== 'connected') chat.depart();
  if (now.is === 'waiting' && chat.me.guest && !chat.me.name)
    return leave('the server cannot be reached', 'guest-button');
  if (wasConnected) announce('the connection is lost');
  else if (now.is === 'connected') announce('connected');
  renderStatus();
}

function renderStatus() {
  const status = byId('status');
  const seconds = Math.ceil((state.until - Date.now()) / 1000);
  const words = {
    connecting: 'connecting…',
    connected: 'connected',
    waiting: `${navigator.onLine ? '' : 'offline, '}reconnecting in ${Math.max(1, seconds)} s`,
    stopped: '',
  };
  status.textContent = words[state.is];
  document.body.dataset.connection = state.is;
}

setInterval(() => state.is === 'waiting' && renderStatus(), 500);
addEventListener('online', () => connection.hurry());
addEventListener('focus', () => {
  connection.hurry();
  messages.seen();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  connection.hurry();
  changed();
});

// ---- Which conversation

addEventListener('hashchange', route);

async function route() {
  const address = addressIn(location.hash);
  document.body.dataset.pane = address ? 'messages' : 'conversations';
  closePeople();
  if (!chat.isReady && !chat.byAddress(address)) return;
  const isGuestsFirst = !address && chat.me.guest && !chat.open && !isNarrow();
  if (isGuestsFirst) return go('#lobby', true);
  if (!address) return look(null);
  const known = chat.byAddress(address);
  if (known) return look(known);
  const hasGoneOn = () => addressIn(location.hash) !== address;
  try {
    const found = await chat.find(address);
    if (hasGoneOn()) return;
    if (found.address === address) look(found);
    else go(found.address, true);
  } catch (error) {
    if (hasGoneOn()) return;
    look(null);
    if (error.code === 'not-member')
      openNew(address.slice(1), 'You are not in it. Go enters it, or asks to be let in.');
    else say(error.message);
  }
}

function look(conversation) {
  if (conversation === chat.open && conversation) return;
  say('');
  chat.look(conversation);
  render();
  if (conversation && !isNarrow()) byId('composer').focus();
}

function go(address, replaces = false) {
  const fragment = address ? fragmentOf(address) : '#/';
  if (location.hash === fragment) return route();
  if (!replaces) location.hash = fragment;
  else {
    history.replaceState(null, '', fragment);
    return route();
  }
}

/** To a message, wherever it is. */
async function goTo(address, seq) {
  const done = await attempt(async () => chat.look(chat.byAddress(address) ?? (await chat.find(address))));
  if (!done) return;
  messages.goTo(seq);
  render();
  go(address);
}

/** Back from `fragmentOf`. */
function addressIn(fragment) {
  const name = /^#\/(@?)(.+)$/.exec(fragment);
  if (!name) return '';
  try {
    return (name[1] || '#') + decodeURIComponent(name[2]);
  } catch {
    return '';
  }
}

const isNarrow = () => matchMedia('(max-width: 40rem)').matches;

byId('back').addEventListener('click', () => go(''));

addEventListener('keydown', (key) => {
  if (key.key === 'Escape') closePeople();
  if (!key.altKey || !['ArrowUp', 'ArrowDown'].includes(key.key)) return;
  key.preventDefault();
  const all = chat.sorted();
  const to = all.indexOf(chat.open) + (key.key === 'ArrowUp' ? -1 : 1);
  if (all.length) go(all[Math.max(0, to) % all.length].address);
});

// ---- What the user does

function post(text, answers) {
  chat.outbox.add(chat.open, text, chat.isReady, answers);
  messages.toNewest();
}

/** Somebody who keeps order put one out. */
function putOut(conversation, { from, kind, why }) {
  const did = kind === 'banned' ? 'banned you from' : 'put you out of';
  say(`${clean(from)} ${did} ${titleOf(conversation)}${why ? ` (${clean(why)})` : ''}`);
}

/** What was typed behind a slash. Whether it was understood. */
function command(word, rest) {
  const name = rest.replace(/^[#@]/, '');
  if (word === 'join' && name) attempt(() => join(name));
  else if (word === 'dm' && name) attempt(async () => go((await chat.find(`@${name}`)).address));
  else if (word === 'leave' && !rest) leaveOpen();
  else if (word === 'search') search.open(rest);
  else if (word === 'help') say(HELP);
  else if (!order.command(word, rest) && !deeds.command(word, rest)) {
    say(`unknown command /${clean(word)}. ${HELP}`);
    return false;
  }
  return true;
}

async function join(name) {
  const entered = await chat.join(name);
  if (entered) go(entered.address);
  else say(`you have asked to be let into #${clean(name)}`);
}

/** Whether it was done; why not is said. */
async function attempt(deed) {
  say('');
  try {
    await deed();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Lost)) throw error;
    say(error.message);
    return false;
  }
}

function leaveOpen() {
  const { open } = chat;
  if (open.kind === 'direct') return say('this is between the two of you, there is nothing to leave');
  if (open.kind === 'room') return attempt(() => chat.leave(open));
  byId('leave-title').textContent = `Leave ${titleOf(open)}?`;
  byId('leave-form').onsubmit = (submitted) => {
    submitted.preventDefault();
    byId('leave-dialog').close();
    attempt(() => chat.leave(open));
  };
  byId('leave-dialog').showModal();
}

byId('leave').addEventListener('click', leaveOpen);
byId('leave-cancel').addEventListener('click', () => byId('leave-dialog').close());

byId('invite').addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  const user = byId('invited').value.trim().replace(/^@/, '');
  attempt(async () => {
    await chat.ask('invite', { group: chat.open.address.slice(1), user });
    byId('invited').value = '';
    say(`${clean(user)} is invited`);
  });
});

// ---- The dialog for a new conversation

function openNew(name = '', why = '') {
  byId('new-form').reset();
  byId('new-name').value = name;
  byId('new-error').textContent = why;
  byId('new-dialog').showModal();
  byId('new-name').focus();
}

byId('new').addEventListener('click', () => openNew());
byId('new-cancel').addEventListener('click', () => byId('new-dialog').close());
byId('new-form').addEventListener('submit', async (submitted) => {
  submitted.preventDefault();
  const { kind, name: field } = submitted.target.elements;
  const name = field.value.trim().replace(/^[#@]/, '');
  try {
    if (kind.value === 'room') await join(name);
    else go((await (kind.value === 'group' ? chat.create(name) : chat.find(`@${name}`))).address);
    byId('new-dialog').close();
  } catch (error) {
    byId('new-error').textContent = error.message;
    field.focus();
  }
});

// ---- The people, a sheet where there is no room for a third column

byId('show-people').addEventListener('click', () => {
  const isOpen = document.body.classList.toggle('shows-people');
  byId('show-people').ariaExpanded = String(isOpen);
  if (isOpen) byId('hide-people').focus();
});
byId('hide-people').addEventListener('click', () => {
  closePeople();
  byId('show-people').focus();
});

function closePeople() {
  document.body.classList.remove('shows-people');
  byId('show-people').ariaExpanded = 'false';
}

// ---- Showing

/** Something is different: the page follows in the next frame, once for all that happens until then. */
function changed() {
  if (frameOfHidden) return;
  frame = requestAnimationFrame(render);
  frameOfHidden = setTimeout(render, HIDDEN_FRAME_MS);
}

function render() {
  cancelAnimationFrame(frame);
  clearTimeout(frameOfHidden);
  frameOfHidden = 0;
  if (byId('chat').hidden) return;
  renderHeader();
  sides.render();
  messages.render();
  composer.render();
}

function renderHeader() {
  const { me, open } = chat;
  const title = open ? titleOf(open) : '';
  byId('me').textContent = nameOf(me.name, me.guest);
  byId('title').textContent = title || 'Choose a conversation';
  byId('topic').textContent = byId('topic').title = clean(open?.topic ?? '');
  byId('compose').hidden = byId('show-people').hidden = !open;
  const unread = [...chat.conversations.values()].reduce((sum, conversation) => sum + conversation.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ''}${title ? `${title} · ` : ''}im`;
}

/** What the user should know, where all can see it. */
function say(text) {
  const error = byId('error');
  if (error.textContent !== text) error.textContent = text;
}

/** The same for who listens, where others see it anyway. */
function announce(text) {
  byId('said').textContent = text;
}

byId('skip').addEventListener('click', (click) => {
  click.preventDefault();
  byId('composer').focus();
});

start();
