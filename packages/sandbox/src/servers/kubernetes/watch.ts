import { FastifyReply } from 'fastify';
import {
  ClusterChange,
  ClusterHistory,
} from '../../world/kubernetes/ClusterHistory';
import { KubeObject } from '../../world/kubernetes/KubeObject';

/** Query of a watch. */
export interface WatchQuery {
  resourceVersion?: string;
  allowWatchBookmarks?: string;
  sendInitialEvents?: string;
  timeoutSeconds?: string;
}

/** API servers send one about once a minute; a quiet watch would else grow old. */
const BOOKMARK_MS = 30_000;
/** API servers end a watch after thirty to sixty minutes. */
const USUAL_TIMEOUT_SECONDS = 1_800;

/** What is watched and how it is written. */
export interface Watch {
  history: ClusterHistory;
  /** The object in the version watched; undefined when it is not among what is watched. */
  select(object: KubeObject): KubeObject | undefined;
  /** A selected object as the client asked for it, such as in a table. */
  present(object: KubeObject): object;
  /** An object with nothing but its kind, for bookmarks. */
  bookmark(resourceVersion: string, annotations?: object): object;
}

/**
 * Answers with one JSON object a line for every change of what is watched.
 *
 * Begins after the given resource version; without one, or with 0, with
 * everything as `ADDED`. A version whose changes are gone gives one `ERROR`
 * with a `Status` of 410, and the end.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function sendWatch(
  reply: FastifyReply,
  query: WatchQuery,
  watch: Watch,
): FastifyReply {
  const { history } = watch;
  const all = history.objects();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
  });
  raw.flushHeaders();
  const send = (type: string, object: object) =>
    raw.write(`${JSON.stringify({ type, object })}\n`);

  const given = query.resourceVersion;
  const fromStart =
    !given || given === '0' || query.sendInitialEvents === 'true';
  let seen = fromStart ? history.resourceVersion : Number(given);
  const gone = () => {
    send('ERROR', {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `too old resource version: ${seen} (${history.resourceVersion})`,
      reason: 'Expired',
      code: 410,
    });
    raw.end();
  };
  const bookmark = (annotations?: object) =>
    send('BOOKMARK', watch.bookmark(String(seen), annotations));
  const deliver = () => {
    const changes = history.since(seen);
    if (!changes) {
      gone();
      return;
    }
    for (const change of changes) {
      const event = eventOf(change, watch);
      if (event) {
        send(event.type, watch.present(event.object));
      }
    }
    seen = Math.max(seen, history.resourceVersion);
  };

  if (fromStart) {
    for (const object of all) {
      const selected = watch.select(object);
      if (selected) {
        send('ADDED', watch.present(selected));
      }
    }
    if (query.sendInitialEvents === 'true') {
      bookmark({ 'k8s.io/initial-events-end': 'true' });
    }
  } else {
    deliver();
  }
  const stop = history.watch(deliver);
  const bookmarks =
    query.allowWatchBookmarks === 'true'
      ? setInterval(() => bookmark(), BOOKMARK_MS).unref()
      : undefined;
  const timeout = setTimeout(
    () => raw.end(),
    (Number(query.timeoutSeconds) || USUAL_TIMEOUT_SECONDS) * 1000,
  ).unref();
  raw.on('close', () => {
    stop();
    clearInterval(bookmarks);
    clearTimeout(timeout);
  });
  return reply;
}

/** What a change means for a watch that sees only some objects: what begins to match is added, what ceases to is deleted. */
function eventOf(
  { resourceVersion, before, after }: ClusterChange,
  { select }: Watch,
): { type: string; object: KubeObject } | undefined {
  const was = before && select(before);
  const is = after && select(after);
  if (is) {
    return { type: was ? 'MODIFIED' : 'ADDED', object: is };
  }
  return (
    was && {
      type: 'DELETED',
      object: {
        ...was,
        metadata: {
          ...was.metadata,
          resourceVersion: String(resourceVersion),
        },
      },
    }
  );
}
