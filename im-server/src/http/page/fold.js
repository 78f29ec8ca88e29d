// The messages of a log as they read now. The rules are those of im_proto::fold: events may be taken in any order and more
// than once; what is newer in the log holds, and what was taken out stays out.

/** Most events about messages that are not there yet that are remembered, the newest of them. */
const EARLY_EVENTS_MAX = 256;

/** These are about an earlier message, and are shown with it. */
const AMENDMENTS = new Set(['edited', 'deleted', 'reacted', 'unreacted']);

/** Whether an event stands for a message, be it one that was taken out. */
export const isMessage = ({ kind, of }) => kind === 'posted' || (kind === 'tombstone' && of === undefined);

/** Whether an event has no place of its own among what is shown. */
export const isAmendment = ({ kind, of }) => AMENDMENTS.has(kind) || (kind === 'tombstone' && of !== undefined);

export class Fold {
  /** By seq: `{ from, guest, text, edited, replyTo }`; `text` is null where it was taken out, `edited` 0 where it was not. */
  #messages = new Map();
  #early = [];

  /** Takes an event, and gives the seq of the message that reads otherwise from now on, or 0. */
  take(event) {
    if (isMessage(event)) return this.#posted(event);
    return AMENDMENTS.has(event.kind) ? this.#amended(event) : 0;
  }

  get(seq) {
    return this.#messages.get(seq);
  }

  /** The reactions that stand, in the order in which they came: `{ reaction, whose }`, each of `whose` `{ from, guest }`. */
  reactions(seq) {
    const standing = [...(this.#messages.get(seq)?.reactions.values() ?? [])].filter(({ stands }) => stands);
    const found = new Map();
    for (const { reaction, from, guest } of standing.sort((a, b) => a.seq - b.seq)) {
      if (!found.has(reaction)) found.set(reaction, { reaction, whose: [] });
      found.get(reaction).whose.push({ from, guest });
    }
    return [...found.values()];
  }

  drop(seq) {
    this.#messages.delete(seq);
  }

  /** Keeps no message outside of these. */
  keep(first, last) {
    for (const seq of this.#messages.keys()) if (seq < first || seq > last) this.#messages.delete(seq);
  }

  #posted({ seq, from, guest = false, kind, text, reply_to: replyTo = 0 }) {
    const known = this.#messages.get(seq);
    const isGone = kind === 'tombstone';
    if (known) {
      // What was taken out is not put back by a page that is older than that.
      if (!isGone || known.text === null) return 0;
      takeOut(known);
      return seq;
    }
    const message = { from, guest, text: isGone ? null : text, edited: 0, replyTo, reactions: new Map() };
    this.#messages.set(seq, message);
    const early = this.#early;
    this.#early = early.filter(({ of }) => of !== seq);
    for (const event of early) if (event.of === seq) this.#amended(event);
    return seq;
  }

  #amended(event) {
    const { seq, of, kind, text } = event;
    const message = this.#messages.get(of);
    if (!message) {
      if (this.#early.length === EARLY_EVENTS_MAX) this.#early.shift();
      this.#early.push(event);
      return 0;
    }
    const holds = message.text !== null && seq > message.edited;
    if (kind === 'deleted') takeOut(message);
    else if (kind !== 'edited') react(message, event);
    else if (holds) Object.assign(message, { text, edited: seq });
    else return 0;
    return of;
  }
}

function takeOut(message) {
  Object.assign(message, { text: null, edited: 0, replyTo: 0 });
  message.reactions.clear();
}

/** The newest of what each did with each reaction holds; a message that was taken out has none. */
function react(message, { seq, from, guest = false, kind, reaction }) {
  if (message.text === null) return;
  const key = JSON.stringify([reaction, from, guest]);
  if (seq <= (message.reactions.get(key)?.seq ?? 0)) return;
  message.reactions.set(key, { seq, reaction, from, guest, stands: kind === 'reacted' });
}
