import { querySchema as applications } from '../router/applications';
import { querySchema as comparison } from '../router/comparison';
import { firstDeliveriesQuery as firstDeliveries } from '../router/firstDeliveries';
import { querySchema as links } from '../router/observability';
import { querySchema as overview } from '../router/overview';
import { listQuery as promotions } from '../router/promotions';
import { removalsQuery as removals } from '../router/removalRequests';
import { Operation, schemaOf } from './describeApi';

const listOf = (items: Record<string, unknown>) => ({
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: { items: { type: 'array', items } },
});

const PROMOTION = {
  type: 'object',
  required: ['promotion'],
  additionalProperties: false,
  properties: { promotion: schemaOf('Promotion') },
};

const OPERATED = {
  type: 'object',
  required: ['application'],
  additionalProperties: false,
  properties: {
    application: {
      type: 'object',
      required: ['name', 'instance'],
      additionalProperties: false,
      properties: { name: { type: 'string' }, instance: { type: 'string' } },
    },
  },
};

const CELL =
  '/components/:namespace/:kind/:name/environments/:environmentNamespace/:environmentName';

/** Everything that the router answers. */
export const OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getDescription',
    summary: 'This description.',
    answers: {
      200: { description: 'OpenAPI 3.1.', schema: { type: 'object' } },
    },
  },
  {
    method: 'get',
    path: '/environments',
    id: 'listEnvironments',
    summary: 'All environments, by system, then in promotion order.',
    answers: {
      200: { description: 'They.', schema: schemaOf('EnvironmentList') },
    },
  },
  {
    method: 'get',
    path: '/environments/:namespace/:name',
    id: 'getEnvironment',
    summary: 'One environment, what runs in it, and what does not add up.',
    answers: {
      200: { description: 'It.', schema: schemaOf('EnvironmentDetail') },
    },
  },
  {
    method: 'post',
    path: '/environments/:namespace/:name/drift-detections',
    id: 'detectDrift',
    summary: 'Has CloudFormation compare a stack of it with its template.',
    body: 'DetectDriftRequest',
    answers: {
      202: {
        description: 'Begun; the result comes with the environment.',
        schema: {
          type: 'object',
          required: ['detection'],
          additionalProperties: false,
          properties: { detection: schemaOf('DriftDetection') },
        },
      },
    },
  },
  {
    method: 'get',
    path: '/environments/:namespace/:name/replication-lag',
    id: 'getReplicationLag',
    summary: 'How far the readers of its global database trail the writer.',
    answers: {
      200: {
        description: 'Milliseconds, with the series of the last hours.',
        schema: schemaOf('EnvironmentReplication'),
      },
    },
  },
  {
    method: 'get',
    path: '/overview',
    id: 'getOverview',
    summary:
      'The board: every component in every environment. Answers 304 to a known ETag, after authorization.',
    query: overview,
    answers: {
      200: { description: 'One page.', schema: schemaOf('OverviewPage') },
      304: { description: 'Nothing changed.' },
    },
  },
  {
    method: 'get',
    path: '/overview/stream',
    id: 'streamOverview',
    summary:
      'Server-sent events of type `revision` whenever the board changed: a hint which rows to ask for again.',
    contentType: 'text/event-stream',
    answers: {
      200: {
        description: 'The data of each event.',
        schema: schemaOf('OverviewStreamEvent'),
      },
    },
  },
  {
    method: 'get',
    path: '/components/:namespace/:kind/:name/delivery',
    id: 'getDelivery',
    summary: 'Everything about the delivery of one component.',
    answers: {
      200: { description: 'It.', schema: schemaOf('ComponentDelivery') },
    },
  },
  {
    method: 'get',
    path: '/components/:namespace/:kind/:name/observability',
    id: 'getObservability',
    summary:
      'Request figures, alerts and dashboards of a component, from the feeds.',
    answers: {
      200: {
        description: 'They.',
        schema: schemaOf('ComponentObservability'),
      },
    },
  },
  {
    method: 'get',
    path: `${CELL}/links`,
    id: 'getCellLinks',
    summary:
      'Everything that leads out of a component in an environment, already filled.',
    query: links,
    answers: {
      200: { description: 'Links.', schema: schemaOf('CellLinks') },
    },
  },
  {
    method: 'get',
    path: CELL,
    id: 'getCell',
    summary: 'Everything about one component in one environment.',
    answers: { 200: { description: 'It.', schema: schemaOf('CellDetail') } },
  },
  {
    method: 'get',
    path: '/components/:namespace/:kind/:name/comparison',
    id: 'getComparison',
    summary:
      'What differs between two environments (from, to), or between what Git says and what runs in one (environment, against=live).',
    query: comparison,
    answers: {
      200: {
        description: 'A section that cannot be had says why.',
        schema: schemaOf('ComponentComparison'),
      },
    },
  },
  ...(['sync', 'refresh'] as const).map(
    (operation): Operation => ({
      method: 'post',
      path: `${CELL}/${operation}`,
      id: `${operation}Deployment`,
      summary:
        operation === 'sync'
          ? 'Has Argo CD sync the application of a component in an environment.'
          : 'Has what runs of a component in an environment looked at again.',
      answers: { 202: { description: 'Accepted.', schema: OPERATED } },
    }),
  ),
  {
    method: 'get',
    path: '/applications',
    id: 'listApplications',
    summary: 'Argo CD applications, from the feed.',
    query: applications,
    answers: {
      200: {
        description: 'They.',
        schema: listOf(schemaOf('ListedDeployment')),
      },
    },
  },
  {
    method: 'get',
    path: '/applications/:instance/:name/revisions/:revision',
    id: 'getRevisionMetadata',
    summary: 'Author, time and message of a commit that was deployed.',
    answers: {
      200: { description: 'They.', schema: schemaOf('RevisionMetadata') },
    },
  },
  {
    method: 'get',
    path: '/first-deliveries',
    id: 'listFirstDeliveries',
    summary:
      'New components on their way to their first environment, newest first.',
    query: firstDeliveries,
    answers: {
      200: { description: 'They.', schema: schemaOf('FirstDeliveryList') },
    },
  },
  {
    method: 'post',
    path: '/first-deliveries',
    id: 'followFirstDelivery',
    summary:
      'Follows a new component. The same component, environment and task are followed once.',
    body: 'FollowFirstDeliveryRequest',
    answers: {
      200: {
        description: 'It was followed before.',
        schema: schemaOf('FirstDelivery'),
      },
      201: { description: 'Followed.', schema: schemaOf('FirstDelivery') },
    },
  },
  {
    method: 'get',
    path: '/first-deliveries/:id',
    id: 'getFirstDelivery',
    summary: 'How one new component stands on its way.',
    answers: { 200: { description: 'It.', schema: schemaOf('FirstDelivery') } },
  },
  {
    method: 'get',
    path: '/removals',
    id: 'listRemovals',
    summary: 'Requests to take components away, newest first.',
    query: removals,
    answers: { 200: { description: 'They.', schema: schemaOf('RemovalList') } },
  },
  {
    method: 'post',
    path: '/removals/plan',
    id: 'planRemoval',
    summary:
      'What a removal would take away, who would miss it and who has to agree; nothing is kept.',
    body: 'RequestRemoval',
    answers: {
      200: { description: 'The plan.', schema: schemaOf('RemovalPreview') },
    },
  },
  {
    method: 'post',
    path: '/removals',
    id: 'requestRemoval',
    summary:
      'Asks for a removal, or brings an open one up to date: another plan voids what was agreed to.',
    body: 'RequestRemoval',
    answers: {
      200: { description: 'It was open.', schema: schemaOf('Removal') },
      201: { description: 'Asked for.', schema: schemaOf('Removal') },
    },
  },
  {
    method: 'get',
    path: '/removals/:id',
    id: 'getRemoval',
    summary: 'One removal with all that bears on it.',
    answers: { 200: { description: 'It.', schema: schemaOf('RemovalDetail') } },
  },
  {
    method: 'post',
    path: '/removals/:id/approvals',
    id: 'decideRemoval',
    summary: 'Approves or rejects the plan that is named by its digest.',
    body: 'DecideRemovalRequest',
    answers: { 200: { description: 'Counted.', schema: schemaOf('Removal') } },
  },
  {
    method: 'post',
    path: '/removals/:id/cancellation',
    id: 'cancelRemoval',
    summary: 'Withdraws a removal that has not begun.',
    body: 'CancelPromotionRequest',
    answers: {
      200: { description: 'Withdrawn.', schema: schemaOf('Removal') },
    },
  },
  {
    method: 'post',
    path: '/removals/:id/begin',
    id: 'beginRemoval',
    summary:
      "Lets the requester's run take away what was agreed to. Asked again, it answers the same.",
    body: 'BeginRemovalRequest',
    answers: { 200: { description: 'Begun.', schema: schemaOf('Removal') } },
  },
  {
    method: 'post',
    path: '/removals/:id/steps',
    id: 'noteRemovalStep',
    summary: 'Notes what the run did.',
    body: 'NoteRemovalStepRequest',
    answers: { 200: { description: 'Noted.', schema: schemaOf('Removal') } },
  },
  {
    method: 'post',
    path: '/removals/:id/completion',
    id: 'completeRemoval',
    summary: 'Ends a removal whose run has taken everything away.',
    answers: { 200: { description: 'Ended.', schema: schemaOf('Removal') } },
  },
  {
    method: 'get',
    path: '/promotions',
    id: 'listPromotions',
    summary: 'Promotions, newest first.',
    query: promotions,
    answers: {
      200: { description: 'They.', schema: schemaOf('PromotionList') },
    },
  },
  {
    method: 'post',
    path: '/promotions',
    id: 'requestPromotion',
    summary: 'Asks for a promotion. The same idempotency key asks once.',
    body: 'CreatePromotionRequest',
    answers: {
      200: {
        description: 'It was asked for before.',
        schema: schemaOf('Promotion'),
      },
      201: { description: 'Asked for.', schema: schemaOf('Promotion') },
    },
  },
  {
    method: 'post',
    path: '/promotions/plan',
    id: 'planPromotion',
    summary: 'What a promotion would write; nothing is written.',
    body: 'PlanPromotionRequest',
    answers: {
      200: {
        description: 'The plan and its gates.',
        schema: schemaOf('PromotionPlanPreview'),
      },
    },
  },
  {
    method: 'get',
    path: '/promotions/:id',
    id: 'getPromotion',
    summary: 'One promotion with all its evidence.',
    answers: {
      200: { description: 'It.', schema: schemaOf('PromotionDetail') },
    },
  },
  {
    method: 'post',
    path: '/promotions/:id/approvals',
    id: 'decidePromotion',
    summary: 'Approves or rejects the plan that is named by its digest.',
    body: 'DecidePromotionRequest',
    answers: { 200: { description: 'Counted.', schema: PROMOTION } },
  },
  {
    method: 'post',
    path: '/promotions/:id/cancellation',
    id: 'cancelPromotion',
    summary: 'Withdraws a promotion that has not been written.',
    body: 'CancelPromotionRequest',
    answers: { 200: { description: 'Withdrawn.', schema: PROMOTION } },
  },
];
