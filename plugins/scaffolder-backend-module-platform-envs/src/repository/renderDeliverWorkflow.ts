import { InputError } from '@backstage/errors';
import { RepositoryComponent } from './types';
import { yamlText } from './yamlText';

/** Role in the registry's account that the CI of every repository may assume. */
const CI_ROLE = 'fairway-ci';

const NOTE = `# Builds the image once, signs it, and hands it to the first environment. The
# others get these very bytes by promotion, by digest. There is no stored key:
# AWS and the signature trust the identity of this workflow.
`;

/**
 * `.github/workflows/deliver.yml`, called by the repository's `ci.yml` once its
 * checks have passed. The job that calls it needs the permissions
 * `contents: read` and `id-token: write`, and `secrets: inherit`.
 *
 * @throws InputError - the catalog has a value that GitHub Actions would
 *   evaluate.
 * @see https://docs.github.com/en/actions/sharing-automations/reusing-workflows
 */
export function renderDeliverWorkflow(component: RepositoryComponent): string {
  const { registry, gitops } = component;
  const env = {
    AWS_REGION: registry.region,
    AWS_ROLE: `arn:aws:iam::${registry.accountId}:role/${CI_ROLE}`,
    IMAGE: component.imageRepository,
    IMAGE_NAME: component.name,
    GITOPS_REPOSITORY: `${gitops.owner}/${gitops.repo}`,
    GITOPS_BRANCH: gitops.branch,
    GITOPS_FILE: releaseFileOf(component),
  };
  for (const [key, value] of Object.entries(env)) {
    if (!/^[\w./:@-]+$/.test(value)) {
      throw new InputError(
        `${key} of the delivery would be "${value}": use letters, digits and ./:@_- only in the System and its Environments`,
      );
    }
  }
  return `${NOTE}${yamlText({
    name: 'deliver',
    on: {
      workflow_call: {
        inputs: {
          context: {
            description: 'Folder to build the image from',
            type: 'string',
            default: '.',
          },
          dockerfile: {
            description: 'Path of the Dockerfile',
            type: 'string',
            default: 'Dockerfile',
          },
        },
        secrets: { GITOPS_APP_PRIVATE_KEY: { required: true } },
      },
    },
    permissions: {},
    env,
    jobs: { image: imageJob(), release: releaseJob(component) },
  })}`;
}

/** Where the image of the first environment is written, in the GitOps repository. */
export function releaseFileOf({
  name,
  gitops,
  environments: [{ shortName, runtime }],
}: Pick<RepositoryComponent, 'name' | 'gitops' | 'environments'>): string {
  return (
    runtime === 'ecs'
      ? [gitops.path, shortName, `${name}.tfvars.json`]
      : [gitops.path, 'overlays', shortName, name, 'kustomization.yaml']
  )
    .filter(Boolean)
    .join('/');
}

const expression = (text: string) => `\${{ ${text} }}`;

/** Run once more, it takes the image that is there: tags are never moved. */
function imageJob(): object {
  const isNew = "steps.existing.outputs.digest == ''";
  return {
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': 30,
    permissions: { contents: 'read', 'id-token': 'write' },
    outputs: {
      version: expression('steps.version.outputs.version'),
      digest: expression(
        'steps.existing.outputs.digest || steps.build.outputs.digest',
      ),
    },
    steps: [
      {
        uses: 'actions/checkout@v5',
        with: { 'persist-credentials': false },
      },
      {
        id: 'version',
        run: 'echo "version=0.1.${GITHUB_RUN_NUMBER}" >> "$GITHUB_OUTPUT"\n',
      },
      {
        uses: 'aws-actions/configure-aws-credentials@v5',
        with: {
          'role-to-assume': expression('env.AWS_ROLE'),
          'aws-region': expression('env.AWS_REGION'),
        },
      },
      { uses: 'aws-actions/amazon-ecr-login@v2' },
      {
        name: 'Look whether an earlier attempt has pushed it',
        id: 'existing',
        env: { VERSION: expression('steps.version.outputs.version') },
        run: lines(
          'digest=$(aws ecr batch-get-image --repository-name "$IMAGE_NAME" \\',
          '  --image-ids "imageTag=$VERSION" --query "images[0].imageId.imageDigest" --output text)',
          'if [ "$digest" != None ]; then echo "digest=$digest" >> "$GITHUB_OUTPUT"; fi',
        ),
      },
      { if: isNew, uses: 'docker/setup-qemu-action@v3' },
      { if: isNew, uses: 'docker/setup-buildx-action@v3' },
      {
        name: 'Build and push, with bill of materials and provenance',
        if: isNew,
        id: 'build',
        uses: 'docker/build-push-action@v6',
        with: {
          context: expression('inputs.context'),
          file: expression('inputs.dockerfile'),
          platforms: 'linux/amd64,linux/arm64',
          push: true,
          provenance: 'mode=max',
          sbom: true,
          tags: `${expression('env.IMAGE')}:${expression(
            'steps.version.outputs.version',
          )}`,
          'build-args': `VERSION=${expression(
            'steps.version.outputs.version',
          )}`,
          labels: `org.opencontainers.image.revision=${expression(
            'github.sha',
          )}`,
          'cache-from': 'type=gha',
          'cache-to': 'type=gha,mode=max',
        },
      },
      // There is no tag `v4` to follow.
      { uses: 'sigstore/cosign-installer@v4.1.2' },
      {
        name: 'Sign what was pushed',
        env: {
          DIGEST: expression(
            'steps.existing.outputs.digest || steps.build.outputs.digest',
          ),
        },
        run: lines(
          'identity="^$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/"',
          'issuer=https://token.actions.githubusercontent.com',
          'verify() { cosign verify --certificate-identity-regexp "$identity" --certificate-oidc-issuer "$issuer" "$IMAGE@$DIGEST"; }',
          'verify > /dev/null 2>&1 || cosign sign --yes "$IMAGE@$DIGEST"',
        ),
      },
    ],
  };
}

function releaseJob({ environments }: RepositoryComponent): object {
  return {
    needs: 'image',
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': 5,
    permissions: {},
    concurrency: `deliver-${expression('github.repository')}`,
    env: {
      VERSION: expression('needs.image.outputs.version'),
      DIGEST: expression('needs.image.outputs.digest'),
    },
    steps: [
      {
        id: 'gitops',
        run: 'echo "name=${GITOPS_REPOSITORY#*/}" >> "$GITHUB_OUTPUT"\n',
      },
      {
        id: 'token',
        uses: 'actions/create-github-app-token@v2',
        with: {
          'app-id': expression('vars.GITOPS_APP_ID'),
          'private-key': expression('secrets.GITOPS_APP_PRIVATE_KEY'),
          owner: expression('github.repository_owner'),
          repositories: expression('steps.gitops.outputs.name'),
        },
      },
      {
        uses: 'actions/checkout@v5',
        with: {
          repository: expression('env.GITOPS_REPOSITORY'),
          ref: expression('env.GITOPS_BRANCH'),
          token: expression('steps.token.outputs.token'),
        },
      },
      {
        name: 'Set the image',
        run:
          environments[0].runtime === 'ecs'
            ? lines(
                'jq --arg tag "$VERSION" --arg digest "$DIGEST" \'.image_tag = $tag | .image_digest = $digest\' \\',
                '  "$GITOPS_FILE" > "$RUNNER_TEMP/new"',
                'cp "$RUNNER_TEMP/new" "$GITOPS_FILE"',
              )
            : lines(
                'test "$(grep -cE \'^ +newTag:\' "$GITOPS_FILE")" = 1',
                'sed -i -E "s|^( +newTag:).*|\\1 $VERSION@$DIGEST|" "$GITOPS_FILE"',
              ),
      },
      {
        name: 'Commit',
        run: lines(
          'git diff --quiet && exit 0',
          'git config user.name "$GITHUB_REPOSITORY CI"',
          'git config user.email ci@users.noreply.github.com',
          'git commit -am "Deliver ${GITHUB_REPOSITORY#*/} $VERSION" \\',
          '  -m "Built from $GITHUB_REPOSITORY@$GITHUB_SHA"',
          'for attempt in 1 2 3 4 5; do',
          '  git push origin "HEAD:$GITOPS_BRANCH" && exit 0',
          '  sleep "$attempt"',
          '  git pull --rebase origin "$GITOPS_BRANCH"',
          'done',
          'exit 1',
        ),
      },
    ],
  };
}

function lines(...text: string[]): string {
  return `${text.join('\n')}\n`;
}
