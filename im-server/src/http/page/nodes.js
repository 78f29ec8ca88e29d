// Builds nodes: elements, names, times, and what others wrote, cleaned, as text and links. Nothing here reads markup.

const LINE_ENDS = /\r\n?/g;

/** What PROTOCOL.md takes out before showing: control characters, direction marks and overrides, what shows nothing. */
const UNSHOWN = new RegExp(
  '[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e' +
    '\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{13430}-\\u{1343f}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}' +
    '\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}]',
  'gu',
);

/** Joiners join letters that are written joined, and emoji; a selector chooses one look of what it stands behind. */
const JOINED = '\\u0600-\\u17b3\\u17b6-\\u180a\\u1810-\\u1dff\\u2070-\\ufdff\\ufe10-\\u{e00ff}\\u{e01f0}-\\u{10ffff}';
const SELECTORS = '\\u180b-\\u180d\\u180f\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}';
const JOINS_NOTHING = new RegExp(`(?<![${JOINED}\\ufe0f])[\\u200c\\u200d]|[\\u200c\\u200d](?![${JOINED}])`, 'gu');
const SELECTS_NOTHING = new RegExp(`(?<![${JOINED}0-9#*©®‼⁉])[${SELECTORS}]`, 'gu');

const LINK = /\bhttps?:\/\/[^\s<>"]+/gi;

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export const clean = (text) =>
  text.replace(LINE_ENDS, '\n').replace(UNSHOWN, '').replace(JOINS_NOTHING, '').replace(SELECTS_NOTHING, '');

/** `~neil` is a guest. No name holds the sign, so nobody can put it on or leave it off. */
export const nameOf = (name, guest) => clean((guest ? '~' : '') + name);

/** A name in its own direction of writing, whatever stands around it. */
export const nameNode = (name, guest) => element('bdi', { textContent: nameOf(name, guest) });

/** How a conversation is called: `#dev`, `bob`, `~neil`. */
export const titleOf = ({ kind, address, guest }) =>
  kind === 'direct' ? nameOf(address.slice(1), guest) : clean(address);

/** A text as nodes: http and https addresses are links, all else is text. */
export function textNodes(text) {
  const shown = clean(text);
  const nodes = [];
  let from = 0;
  for (const { 0: match, index } of shown.matchAll(LINK)) {
    const written = withoutPunctuation(match);
    const link = linkNode(written);
    if (!link) continue;
    nodes.push(shown.slice(from, index), link);
    from = index + written.length;
  }
  nodes.push(shown.slice(from));
  return nodes;
}

/** The sentence around an address ends in signs that are not the address's; a bracket is, where it was opened there. */
function withoutPunctuation(written) {
  for (;;) {
    const last = written.at(-1);
    const opened = last === ')' && written.split('(').length >= written.split(')').length;
    if (opened || !'.,;:!?\'")]}'.includes(last)) return written;
    written = written.slice(0, -1);
  }
}

function linkNode(written) {
  const url = URL.canParse(written) ? new URL(written) : null;
  // Who hides an address behind a name and a password wants it to look like another.
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return null;
  return element('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow', textContent: written });
}

export function timeNode(at) {
  const date = new Date(at);
  return element('time', { dateTime: at, title: MOMENT.format(date), textContent: CLOCK.format(date) });
}

export const dayOf = (at) => new Date(at).toDateString();

export const dayNode = (at) => element('time', { dateTime: at.slice(0, 10), textContent: DAY.format(new Date(at)) });
