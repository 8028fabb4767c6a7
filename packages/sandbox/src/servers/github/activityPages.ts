import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { byId, repositoryOf } from './context';
import { escape, heading, sendPage } from './pageLayout';

/** Pages of pull requests and workflow runs. Read only, without signing in. */
export function activityPageRoutes(
  server: FastifyInstance,
  world: World,
): void {
  server.get('/:owner/:repo/pull/:number', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { number } = request.params as { number: string };
    const pull = repository.pulls.find(
      candidate => candidate.number === Number(number),
    );
    if (!pull) {
      throw new HttpError(404, 'Not Found');
    }
    return sendPage(
      reply,
      pull.title,
      `${heading(repository)}<h2>${escape(pull.title)} <small>#${
        pull.number
      }</small></h2><p>${pull.mergedAt ? 'merged' : pull.state}: ${escape(
        pull.head,
      )} into ${escape(pull.base)}, by ${escape(pull.user)}</p><pre>${escape(
        pull.body ?? '',
      )}</pre>`,
    );
  });
  server.get('/:owner/:repo/actions', async (request, reply) => {
    const repository = repositoryOf(world, request);
    return sendPage(
      reply,
      `Runs of ${repository.fullName}`,
      `${heading(repository)}<table>${[...repository.runs]
        .reverse()
        .map(
          run =>
            `<tr><td><a href="/${repository.fullName}/actions/runs/${
              run.id
            }">${escape(run.title)}</a><td>${
              run.conclusion ?? run.status
            }<td class="quiet">${run.createdAt}`,
        )
        .join('')}</table>`,
    );
  });
  const showRun = async (request: FastifyRequest, reply: FastifyReply) => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const run = byId(repository.runs, id);
    return sendPage(
      reply,
      run.title,
      `${heading(repository)}<h2>${escape(run.name)} #${run.runNumber}: ${
        run.conclusion ?? run.status
      }</h2><p><a href="/${repository.fullName}/commit/${run.headSha}">${escape(
        run.title,
      )}</a></p><pre>${escape(run.log.join('\n'))}</pre>`,
    );
  };
  server.get('/:owner/:repo/actions/runs/:id', showRun);
  server.get('/:owner/:repo/actions/runs/:id/job/:job', showRun);
  server.get('/:owner/:repo/runs/:id', showRun);
}
