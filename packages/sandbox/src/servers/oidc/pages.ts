import { Person } from '../../world/seed/people';

const STYLE = `
:root { color-scheme: light dark; --fg: #1a2230; --soft: #56607a; --bg: #eef1f6; --card: #fff; --line: #c9d0dd; --mark: #1f5fd6; --on-mark: #fff; }
@media (prefers-color-scheme: dark) { :root { --fg: #e8ecf4; --soft: #a9b3c7; --bg: #10151f; --card: #1a2130; --line: #3b4660; --mark: #8cb4ff; --on-mark: #10151f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; align-items: center; justify-content: center; padding: 24px 16px; background: var(--bg); color: var(--fg); font: 16px/1.45 system-ui, sans-serif; }
main { width: 100%; max-width: 760px; padding: 28px; border: 1px solid var(--line); border-radius: 14px; background: var(--card); }
h1 { margin: 0; font-size: 24px; }
h2 { margin: 22px 0 8px; font-size: 14px; color: var(--soft); font-weight: 600; }
p { margin: 6px 0 0; color: var(--soft); }
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 8px; }
@media (max-width: 400px) { .people { grid-template-columns: 1fr; } main { padding: 20px; } }
button { width: 100%; padding: 10px 14px; border: 1px solid var(--line); border-radius: 10px; background: transparent; color: inherit; font: inherit; text-align: left; cursor: pointer; overflow-wrap: anywhere; }
button span { display: block; font-size: 13px; color: var(--soft); }
button:hover, button:focus-visible { border-color: var(--mark); outline: 2px solid var(--mark); outline-offset: -1px; }
.row { display: flex; gap: 8px; margin-top: 20px; }
.row button { width: auto; text-align: center; }
.first { background: var(--mark); border-color: var(--mark); color: var(--on-mark); font-weight: 600; }
.first:focus-visible { outline: 3px solid var(--fg); outline-offset: 2px; }
code { overflow-wrap: anywhere; }
`;

/** Whom to be: everybody as a button, by team. */
export function chooserPage(options: {
  people: Person[];
  uid: string;
  clientName: string;
  /** Login that the client hinted at, or that is signed in: has the focus. */
  likely?: string;
}): string {
  const teams = groupByTeam(options.people);
  const focused =
    options.people.find(person => person.login === options.likely) ??
    options.people[0];
  const button = (person: Person) =>
    `<button name="login" value="${escape(person.login)}"${
      person === focused ? ' autofocus' : ''
    }>${escape(person.name)}<span>${escape(person.login)} · ${escape(
      person.role,
    )}</span></button>`;
  return page(
    'Who are you?',
    `<p>Sign in to ${escape(
      options.clientName,
    )}. No password: everybody here is part of a sandbox on your own machine.</p>
<form method="post" action="/interaction/${escape(options.uid)}/login">
${[...teams]
  .map(
    ([team, members]) =>
      `<h2>${escape(team)}</h2><div class="people">${members
        .map(button)
        .join('')}</div>`,
  )
  .join('\n')}
</form>`,
  );
}

/** Whether a client may know what it asks for. */
export function consentPage(options: {
  uid: string;
  clientName: string;
  scopes: string[];
}): string {
  return page(
    `Let ${options.clientName} know who you are?`,
    `<p>It asks for: ${escape(options.scopes.join(', '))}.</p>
<form class="row" method="post" action="/interaction/${escape(
      options.uid,
    )}/consent">
<button class="first" name="answer" value="allow" autofocus>Allow</button>
<button name="answer" value="deny">Deny</button>
</form>`,
  );
}

/** @param form - the provider's own hidden form, `op.logoutForm` */
export function signOutPage(form: string): string {
  return page(
    'Sign out?',
    `${form}<div class="row">
<button class="first" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<button form="op.logoutForm">Stay signed in</button>
</div>`,
  );
}

export function signedOutPage(): string {
  return page('Signed out', '<p>You can close this page.</p>');
}

export function errorPage(error: string, description: string): string {
  return page(
    'This did not work',
    `<p>${escape(description)}</p><p><code>${escape(error)}</code></p>`,
  );
}

function groupByTeam(people: Person[]): Map<string, Person[]> {
  const teams = new Map<string, Person[]>();
  for (const person of people) {
    teams.set(person.team, [...(teams.get(person.team) ?? []), person]);
  }
  return teams;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${escape(
    title,
  )} – sandbox sign-in</title><style>${STYLE}</style></head><body><main><h1>${escape(
    title,
  )}</h1>${body}</main></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
