import { z } from 'zod';
import { actorOf, bodyOf, GithubContext, page, text } from './context';
import { pullOf, touch } from './pulls';
import { commentShape, issueShape, labelShape } from './pullShapes';

const labelsSchema = z.looseObject({ labels: z.array(text.min(1)) });
const assigneesSchema = z.looseObject({ assignees: z.array(text) });
const commentSchema = z.looseObject({ body: text.min(1) });

const ISSUE = '/repos/:owner/:repo/issues/:number';

/** Labels, assignees and comments of pull requests, which GitHub keeps as issues. */
export function pullConversationRoutes({ world, api }: GithubContext): void {
  api.get(`${ISSUE}/labels`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    return page(request, reply, pull.labels).map(name =>
      labelShape(world, repository, name),
    );
  });
  api.post(`${ISSUE}/labels`, async request => {
    const { repository, pull } = pullOf(world, request);
    const { labels } = bodyOf(request, labelsSchema);
    const added = labels.filter(name => !pull.labels.includes(name));
    pull.labels = [...new Set([...pull.labels, ...labels])];
    touch(world, pull);
    for (const name of added) {
      world.github.emit({
        name: 'pull_request',
        action: 'labeled',
        repository,
        pull,
        sender: actorOf(world, request).login,
        details: { label: labelShape(world, repository, name) },
      });
    }
    return pull.labels.map(name => labelShape(world, repository, name));
  });
  api.post(`${ISSUE}/assignees`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    const { assignees } = bodyOf(request, assigneesSchema);
    pull.assignees = [
      ...new Set([
        ...pull.assignees,
        // Whom GitHub does not know, it leaves out without a word.
        ...assignees.filter(login => world.github.account(login)),
      ]),
    ];
    touch(world, pull);
    return reply.code(201).send(await issueShape(world, repository, pull));
  });
  api.get(ISSUE, async request => {
    const { repository, pull } = pullOf(world, request);
    return issueShape(world, repository, pull);
  });

  api.get(`${ISSUE}/comments`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    return page(request, reply, pull.comments).map(comment =>
      commentShape(world, repository, pull, comment),
    );
  });
  api.post(`${ISSUE}/comments`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    const sender = actorOf(world, request).login;
    const comment = {
      id: world.github.nextId(),
      user: sender,
      body: bodyOf(request, commentSchema).body,
      createdAt: world.clock.now().toISOString(),
    };
    pull.comments.push(comment);
    touch(world, pull);
    world.github.emit({
      name: 'issue_comment',
      action: 'created',
      repository,
      pull,
      comment,
      sender,
    });
    return reply.code(201).send(commentShape(world, repository, pull, comment));
  });
}
