// The dialog about one's own account: where one is signed in, and the password.

import { byId, element } from './nodes.js';
import { request, wordsFor } from './sign-in.js';

const told = (text) => {
  byId('account-told').textContent = text;
};

async function attempt(deed) {
  try {
    told('');
    await deed();
  } catch (error) {
    told(wordsFor(error));
  }
}

function described({ device, address, seen, online, current }) {
  const when = current ? 'this one' : online ? 'connected' : `here last ${new Date(seen).toLocaleString()}`;
  return [device || 'device', address, when].filter(Boolean).join(', ');
}

async function show() {
  const { sessions } = await request('GET', '/v1/sessions');
  const items = sessions.map((session) => {
    const item = element('li', { textContent: `${described(session)} ` });
    if (session.current) return item;
    const button = element('button', { type: 'button', textContent: 'Sign out' });
    button.addEventListener('click', () =>
      attempt(async () => {
        await request('DELETE', `/v1/sessions/${session.id}`);
        await show();
      }),
    );
    item.append(button);
    return item;
  });
  byId('sessions').replaceChildren(...items);
}

export class Account {
  constructor() {
    byId('account-button').addEventListener('click', () => {
      byId('password-form').reset();
      byId('account-dialog').showModal();
      attempt(show);
    });
    byId('account-close').addEventListener('click', () => byId('account-dialog').close());
    byId('password-form').addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      const asked = { old: byId('old-password').value, new: byId('new-password').value };
      attempt(async () => {
        await request('PUT', '/v1/password', asked);
        byId('password-form').reset();
        await show();
        told('The password is changed.');
      });
    });
  }
}
