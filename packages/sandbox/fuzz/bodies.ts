import { gzipSync } from 'node:zlib';
import { Chance } from './Chance';

/** A body and the type that it says it has. */
export interface FuzzBody {
  type: string;
  body: Buffer;
}

const JSON_TYPE = 'application/json';

/** Field names that the APIs know; what stands in them is made up. */
const FIELDS = [
  'name',
  'message',
  'content',
  'branch',
  'sha',
  'tree',
  'parents',
  'author',
  'ref',
  'force',
  'title',
  'head',
  'base',
  'body',
  'reviewers',
  'labels',
  'names',
  'required_status_checks',
  'restrictions',
  'required_pull_request_reviews',
  'enforce_admins',
  'state',
  'context',
  'config',
  'events',
  'query',
  'variables',
  'metadata',
  'spec',
  'source',
  'revision',
  'prune',
  'resources',
  'id',
  'username',
  'password',
  'private',
  'permission',
  'value',
  'key_id',
  'encrypted_value',
  'upstream',
  'kind',
  'status',
  'path',
  'share',
  'advanceSeconds',
];

/** GitHub's, Argo CD's and the control server's: JSON, or what should be. */
export function jsonLike(chance: Chance): FuzzBody {
  const value = chance.happens(0.7)
    ? Object.fromEntries(
        Array.from({ length: 1 + chance.below(6) }, () => [
          chance.pick(FIELDS),
          chance.json(),
        ]),
      )
    : chance.json();
  const body = Buffer.from(JSON.stringify(value) ?? '');
  return {
    type: JSON_TYPE,
    body: chance.happens(0.2) ? chance.broken(body) : body,
  };
}

/** What an OpenID provider is sent. */
export function formLike(chance: Chance): FuzzBody {
  const known: Record<string, string[]> = {
    grant_type: ['authorization_code', 'refresh_token', 'client_credentials'],
    client_id: ['fairway', 'backstage'],
    client_secret: ['sandbox'],
    code: ['x'],
    redirect_uri: ['http://localhost:7007/api/auth/oidc/handler/frame'],
    token: ['x.y.z'],
    login: ['cornjacket-lead'],
  };
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(known)) {
    if (chance.happens(0.6)) {
      form.append(
        name,
        chance.happens(0.6) ? chance.pick(values) : chance.oddText(),
      );
    }
  }
  const body = Buffer.from(form.toString());
  return {
    type: 'application/x-www-form-urlencoded',
    body: chance.happens(0.2) ? chance.broken(body) : body,
  };
}

/** Bodies that are wrong in a way that has a name. */
export function hostile(chance: Chance): FuzzBody {
  switch (chance.below(9)) {
    case 0:
      return { type: JSON_TYPE, body: Buffer.from('{"a":'.repeat(5000)) };
    case 1:
      return { type: JSON_TYPE, body: Buffer.from('['.repeat(50_000)) };
    case 2:
      return {
        type: JSON_TYPE,
        body: Buffer.from(`{"name":"${'x'.repeat(300_000)}"}`),
      };
    case 3:
      return {
        type: 'text/xml',
        body: Buffer.from(
          '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>',
        ),
      };
    case 4:
      return { type: JSON_TYPE, body: gzipSync('{"name":"x"}') };
    case 5:
      return { type: 'application/cbor', body: cbor(chance) };
    case 6:
      return {
        type: 'multipart/form-data; boundary=x',
        body: Buffer.from('--x\r\ncontent-disposition: form-data\r\n\r\n'),
      };
    case 7:
      return {
        type: 'application/x-www-form-urlencoded',
        body: Buffer.from(
          `grant_type=${encodeURIComponent('x')}&${'a%'.repeat(
            200,
          )}&b[]=1&b[c]=2`,
        ),
      };
    default:
      return {
        type: chance.pick([JSON_TYPE, 'weird', 'application/octet-stream', '']),
        body: chance.bytes(chance.below(400)),
      };
  }
}

/** Lengths that lie, tags that do not end, and noise. */
export function cbor(chance: Chance): Buffer {
  return chance.pick([
    Buffer.from([0xbf]),
    Buffer.from([0xbf, 0x61, 0x61, 0xff]),
    Buffer.from([0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0xba, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0xa1, 0xa1, 0x01, 0x02, 0x03]),
    Buffer.alloc(3000, 0x81),
    Buffer.alloc(3000, 0xc1),
    Buffer.from([0xf9, 0x7e, 0x00]),
    chance.bytes(chance.below(60)),
  ]);
}

/** The git protocol, nearly: pkt-lines with lengths that lie, packs of noise. */
export function gitLike(chance: Chance): FuzzBody {
  const line = (text: string) =>
    `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
  const sha = () => chance.bytes(20).toString('hex');
  const service = chance.pick(['upload', 'receive']);
  const lines = chance.pick([
    `${line(`want ${sha()} ofs-delta side-band-64k\n`)}0000${line('done\n')}`,
    `${line(`want ${sha()}\n`)}`,
    `${line('command=ls-refs\n')}0001${line('ref-prefix refs/\n')}0000`,
    `${line(
      `${'0'.repeat(40)} ${sha()} refs/heads/x\0 report-status\n`,
    )}0000PACK`,
    `${line(
      `${sha()} ${'0'.repeat(40)} refs/heads/main\0 report-status\n`,
    )}0000`,
    `${line(`${sha()} ${sha()} refs/../../x\0\n`)}0000`,
    'ffff',
    '0003',
    'zzzz',
    '0005',
  ]);
  const body = Buffer.concat([
    Buffer.from(lines),
    chance.bytes(chance.below(80)),
  ]);
  return {
    type: `application/x-git-${service}-pack-request`,
    body: chance.happens(0.2) ? gzipSync(body) : body,
  };
}
