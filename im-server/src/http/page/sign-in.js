// The card that asks who one is, and the few HTTP requests behind it. The token stays in a cookie that no script reads.

import { Refusal } from './connection.js';
import { byId } from './nodes.js';

const ANSWER_MS_MAX = 15_000;

async function request(method, path, body) {
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

  async #enter(path) {
    const card = byId('welcome');
    if (card.ariaBusy === 'true') return;
    card.ariaBusy = 'true';
    this.#on.say('');
    try {
      const name = byId('name').value.trim();
      const { user } = await request('POST', path, { name, password: byId('password').value, cookie: true });
      byId('sign-in').reset();
      this.#on.account(user);
    } catch (error) {
      this.#on.say(wordsFor(error));
      byId(error.code === 'wrong-password' ? 'password' : 'name').focus();
    } finally {
      card.ariaBusy = null;
    }
  }
}
