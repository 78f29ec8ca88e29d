// One event as a list item: who, when, what it says now, what it answers, how others reacted, and what one may do about it.

import { isAmendment } from './fold.js';
import { clean, dayNode, dayOf, element, nameNode, nameOf, textNodes, timeNode } from './nodes.js';

/** Messages of one sender within this time stand under one name. */
const GROUP_MS = 5 * 60_000;
const QUOTE_CHARS_MAX = 80;
/** What is a click away. Anything else by `/react`. */
const REACTIONS = ['👍', '❤️', '😂', '🎉', '👀'];

/**
 * The item of an event. `context` says what it stands in: `{ chat, log, before, readTo, acts }`, with the event that is shown
 * before it, how far was read when the conversation was opened, and whether its actions are open.
 */
export function itemOf(event, context) {
  const { chat, log, before, readTo } = context;
  const { seq, at, from, kind } = event;
  const item = element('li');
  item.dataset.seq = seq;
  const author = element('span', { className: 'from' }, nameNode(from, event.guest));
  if (isAmendment(event)) {
    item.hidden = true; // it is seen in the message that it is about
    item.append(author, element('span', { className: 'text' }));
    return item;
  }
  const isNewDay = before ? dayOf(before.at) !== dayOf(at) : !log.hasOlder;
  if (isNewDay) item.append(element('p', { className: 'day' }, dayNode(at)));
  const isFirstUnread = before && before.seq <= readTo && seq > readTo;
  if (isFirstUnread) item.append(element('p', { className: 'new', textContent: 'new' }));
  if (chat.isMine(event)) item.classList.add('mine');
  const message = log.messages.get(seq);
  if (message) {
    const continued = !isNewDay && !isFirstUnread && !message.replyTo && continues(event, before);
    if (continued) item.classList.add('continued');
    fillMessage(item, event, message, author, context);
  } else {
    item.classList.add('quiet');
    item.append(author, ' ', element('span', { className: 'text' }, ...deed(event)), ' ', timeNode(at));
  }
  return item;
}

function fillMessage(item, { seq, at }, message, author, { chat, log, acts }) {
  item.append(author, ' ', timeNode(at));
  if (message.text === null) {
    item.classList.add('deleted');
    item.append(element('div', { className: 'text', textContent: 'this message was deleted' }));
    return;
  }
  const isMine = chat.isMine(message);
  if (message.replyTo) item.append(quote(message.replyTo, log));
  item.append(element('div', { className: 'text', dir: 'auto' }, ...textNodes(message.text)));
  if (message.edited) item.append(element('small', { className: 'edited', textContent: '(edited)' }));
  if (isMine && chat.open.kind === 'direct') item.append(' ', receiptNode(seq, chat.open.receipts));
  const reactions = log.messages.reactions(seq);
  if (reactions.length) {
    const buttons = reactions.map((standing) => reactionButton(standing, chat));
    item.append(element('div', { className: 'reactions' }, ...buttons));
  }
  const more = element('button', { type: 'button', className: 'more', textContent: '⋯', tabIndex: -1 });
  Object.assign(more, { ariaLabel: 'Reply, react and more', ariaExpanded: String(Boolean(acts)) });
  more.dataset.act = 'more';
  item.append(more);
  if (acts) item.append(actions(chat, isMine));
}

/** The message that is answered, in short; the button goes there. */
function quote(seq, log) {
  const node = element('button', { type: 'button', className: 'quote' });
  node.dataset.act = 'goto';
  node.dataset.to = seq;
  node.append(element('span', { className: 'unseen', textContent: 'In reply to ' }), ...inShort(seq, log));
  return node;
}

/** A message in one line: whose it is, and how it begins. */
export function inShort(seq, log) {
  const answered = log.messages.get(seq);
  if (!answered) return ['an earlier message'];
  const name = nameNode(answered.from, answered.guest);
  if (answered.text === null) return [name, ': a deleted message'];
  const chars = [...clean(answered.text).replace(/\s+/g, ' ').trim()];
  const text = chars.slice(0, QUOTE_CHARS_MAX).join('') + (chars.length > QUOTE_CHARS_MAX ? '…' : '');
  return [name, ': ', element('bdi', { textContent: text })];
}

function reactionButton({ reaction, whose }, chat) {
  const names = whose.map(({ from, guest }) => nameOf(from, guest)).join(', ');
  const isMine = whose.some((who) => chat.isMine(who));
  const shown = clean(reaction);
  const button = element('button', { type: 'button', title: names, textContent: `${shown} ${whose.length}` });
  Object.assign(button, { ariaPressed: String(isMine), ariaLabel: `${shown} ${whose.length}: ${names}` });
  Object.assign(button.dataset, { act: 'react', reaction });
  return button;
}

/** What one may do about a message. Who may not after all is told so. */
function actions(chat, isMine) {
  const group = element('div', { className: 'acts', role: 'group', ariaLabel: 'About this message' });
  const button = (textContent, act, data = {}) => {
    const node = element('button', { type: 'button', textContent });
    Object.assign(node.dataset, { act, ...data });
    group.append(node);
    return node;
  };
  button('Reply', 'reply');
  for (const reaction of REACTIONS) button(reaction, 'react', { reaction }).ariaLabel = `React with ${reaction}`;
  const { guest } = chat.me;
  if (isMine && !guest) button('Edit', 'edit');
  if (!guest && (isMine || chat.open.role !== 'member')) button('Delete', 'delete');
  return group;
}

/** How far a message of one's own has come, by a sign and in words. */
const STATES = { sent: '✓', delivered: '✓✓', read: '✓✓' };

export function stateOf(seq, { received, read }) {
  return seq <= read ? 'read' : seq <= received ? 'delivered' : 'sent';
}

function receiptNode(seq, receipts) {
  const node = element('span', { ariaLive: 'off' });
  fillReceipt(node, stateOf(seq, receipts));
  return node;
}

/** In place: a message whose receipt changes is not said again. */
export function fillReceipt(node, state) {
  if (node.dataset.state === state) return;
  node.dataset.state = node.title = state;
  node.className = 'receipt';
  const sign = element('span', { textContent: STATES[state], ariaHidden: 'true' });
  node.replaceChildren(sign, element('span', { className: 'unseen', textContent: state }));
}

function continues(event, before) {
  return (
    before?.kind === event.kind &&
    before.from === event.from &&
    before.guest === event.guest &&
    Date.parse(event.at) - Date.parse(before.at) < GROUP_MS
  );
}

/** What somebody did who said nothing. */
function deed({ kind, by, user, role, is_guest: isGuest, topic, on, seconds, until, why }) {
  const told = ` ${until ? `until ${new Date(until).toLocaleString()}` : ''}${why ? ` (${clean(why)})` : ''}`.trimEnd();
  const whom = () => nameNode(user, isGuest);
  switch (kind) {
    case 'created':
      return ['made this'];
    case 'joined':
      return by ? ['joined through ', nameNode(by)] : ['joined'];
    case 'left':
      return ['left'];
    case 'invited':
      return ['invited ', nameNode(user)];
    case 'asked':
      return ['asks to be let in'];
    case 'invitation-declined':
      return ['declined the invitation of ', nameNode(by)];
    case 'request-declined':
      return ['did not let ', nameNode(user), ' in'];
    case 'role':
      return ['made ', nameNode(user), ` ${role}`];
    case 'topic-set':
      return [topic ? `set the topic: ${clean(topic)}` : 'took the topic away'];
    case 'topic-locked':
      return [on ? 'lets only owners and admins set the topic' : 'lets everybody set the topic'];
    case 'slow-mode':
      return [seconds ? `set slow mode: one message in ${seconds} seconds each` : 'ended slow mode'];
    case 'kicked':
      return ['put ', whom(), ` out${told}`];
    case 'banned':
      return ['banned ', whom(), told];
    case 'unbanned':
      return ['lets ', whom(), ' come back'];
    case 'muted':
      return ['muted ', whom(), told];
    case 'unmuted':
      return ['lets ', whom(), ' speak again'];
    default:
      return ['did something that this page does not know'];
  }
}
