// The card that asks who one is, and the few HTTP requests behind it. The token stays in a cookie that no script reads.

import { Refusal } from './connection.js';
import { byId } from './nodes.js';

const ANSWER_MS_MAX = 15_000;

/** What a code is that the server asks for besides, and where it is sent. */
const ASKED_BESIDES = {
  'invitation-needed': ['Code of the invitation', 'invitation'],
  'bad-invitation': ['Code of the invitation', 'invitation'],
  'code-needed': ['Code from your authenticator, or a recovery code', 'code'],
  'wrong-code': ['Code from your authenticator, or a recovery code', 'code'],
};

export async function request(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  const told = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.ok) return told;
  const { code = `http-${response.status}`, error = `the server answers ${response.status}`, detail } = told;
  throw new Refusal({ code, error, detail });
}

/** The name of who is signed in, or null. */
export const signedIn = async () => (await request('GET', '/v1/session')).user;

export const signOut = () => request('DELETE', '/v1/session');

/** What went wrong, for people. */
export const wordsFor = (error) => (error instanceof Refusal ? error.message : 'the server cannot be reached');

export class SignIn {
  #on;
  /** By which name the code is sent, where one is asked for. */
  #besides = '';

  /** `on.account` and `on.guest` are called with a name, `on.say` with what went wrong. */
  constructor(on) {
    this.#on = on;
    byId('sign-in').addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      this.#enter('/v1/login');
    });
    byId('sign-up-button').addEventListener('click', () => {
      if (byId('sign-in').reportValidity()) this.#enter('/v1/signup');
    });
    byId('come-as-guest').addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      this.#on.guest(byId('guest-name').value.trim());
    });
  }

  /** Asks for a code besides, or for none. */
  #askBesides(label = '', besides = '') {
    this.#besides = besides;
    byId('code-row').hidden = !besides;
    byId('code').required = Boolean(besides);
    byId('code').value = '';
    if (!besides) return;
    byId('code-label').textContent = label;
    byId('code').focus();
  }

  async #enter(path) {
    const card = byId('welcome');
    if (card.ariaBusy === 'true') return;
    card.ariaBusy = 'true';
    this.#on.say('');
    try {
      const name = byId('name').value.trim();
      const besides = this.#besides && { [this.#besides]: byId('code').value };
      const asked = { name, password: byId('password').value, cookie: true, ...besides };
      const { user } = await request('POST', path, asked);
      this.#askBesides();
      byId('sign-in').reset();
      this.#on.account(user);
    } catch (error) {
      this.#on.say(wordsFor(error));
      if (error.code in ASKED_BESIDES) return this.#askBesides(...ASKED_BESIDES[error.code]);
      this.#askBesides();
      byId(error.code === 'wrong-password' ? 'password' : 'name').focus();
    } finally {
      card.ariaBusy = null;
    }
  }
}
