import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge } from './commands/doctor.mjs';

/** A machine on which all is well. */
function facts(changes = {}) {
  const tools = ['kustomize', 'go', 'cargo', 'python3', 'kubectl', 'terraform'];
  return {
    node: { version: '24.21.0', path: '/usr/bin/node', wanted: '24.21.0' },
    git: '2.39.5',
    installed: true,
    freeGib: 50,
    unwritable: undefined,
    registry: { url: 'https://registry.example.com', answer: 200 },
    runs: { running: new Map(), leftovers: [] },
    ports: [
      { port: 7007, name: 'the portal', option: '--port 8007', free: true },
      {
        port: 3000,
        name: 'the browser app',
        option: '--app-port 4000',
        free: true,
      },
    ],
    tools: Object.fromEntries(tools.map(name => [name, `/usr/bin/${name}`])),
    browser: { executable: '/usr/bin/chromium' },
    ...changes,
  };
}

function row(name, changes) {
  return judge(facts(changes)).find(one => one.name === name);
}

describe('doctor', () => {
  it('finds nothing wrong where nothing is', () => {
    assert.deepEqual(
      judge(facts()).filter(({ state }) => state !== 'ok'),
      [],
    );
  });

  it('notes a Node that up would replace', () => {
    const node = {
      version: '20.20.2',
      path: '/usr/bin/node',
      wanted: '24.21.0',
    };
    const { state, text } = row('node', { node });
    assert.equal(state, 'note');
    assert.match(text, /fetches 24\.21\.0/);
  });

  it('wants git, and not an old one', () => {
    assert.equal(row('git', { git: undefined }).state, 'bad');
    assert.match(row('git', { git: '2.20.1' }).text, /older than 2\.30/);
    assert.equal(row('git', { git: '3.0.0' }).state, 'ok');
  });

  it('wants more room before an install than after', () => {
    assert.equal(row('disk', { freeGib: 2 }).state, 'ok');
    assert.match(
      row('disk', { freeGib: 2, installed: false }).text,
      /2\.0 GiB free, about 4 needed/,
    );
  });

  it('sees a checkout that cannot be written', () => {
    assert.equal(row('disk', { unwritable: '/srv/fairway' }).state, 'bad');
  });

  it('needs the registry only for an install', () => {
    const registry = { url: 'https://r.example.com', error: 'ENOTFOUND' };
    assert.equal(row('registry', { registry }).state, 'note');
    const missing = row('registry', { registry, installed: false });
    assert.equal(missing.state, 'bad');
    assert.match(missing.text, /unreachable \(ENOTFOUND\)/);
  });

  it('names each taken port and its option', () => {
    const ports = facts().ports.map(port => ({ ...port, free: false }));
    assert.match(row('port 7007', { ports }).text, /use --port 8007/);
    assert.equal(row('port 7007', { ports }).state, 'bad');
    assert.equal(row('port 3000', { ports }).state, 'note');
  });

  it('does not complain of ports that Fairway itself holds', () => {
    const ports = facts().ports.map(port => ({ ...port, free: false }));
    const run = { command: 'up', launcher: 42, url: 'http://localhost:7007' };
    const runs = { running: new Map([['portal', run]]), leftovers: [] };
    const rows = judge(facts({ ports, runs }));
    assert.deepEqual(
      rows.filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.match(
      rows.find(({ name }) => name === 'running').text,
      /up at http:\/\/localhost:7007 \(process 42\)/,
    );
  });

  it('tells what a killed launcher left', () => {
    const leftovers = [{ name: 'portal' }, { name: 'sandbox' }];
    const runs = { running: new Map(), leftovers };
    assert.match(row('left over', { runs }).text, /^portal, sandbox of/);
  });

  it('says what is proved less without a browser or a tool', () => {
    const browser = { remedy: 'install one' };
    assert.equal(row('browser', { browser }).state, 'note');
    assert.match(row('browser', { browser }).text, /install one/);
    const tools = { ...facts().tools, go: undefined };
    assert.match(row('go', { tools }).text, /skipped/);
  });
});
