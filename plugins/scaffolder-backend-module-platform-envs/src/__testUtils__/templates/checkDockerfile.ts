import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { RenderedFile } from './startRenderer';

/** The user that platforms run containers as. */
const USER = /^65532(:65532)?$/;

/** What is wrong with the Dockerfiles of a new repository. */
export function checkDockerfiles(files: RenderedFile[]): string[] {
  return files
    .filter(({ path }) => /(^|\/)Dockerfile(\.[\w-]+)?$/.test(path))
    .flatMap(({ path, content }) =>
      checkDockerfile(content.toString('utf8')).map(
        complaint => `${path}: ${complaint}`,
      ),
    );
}

function checkDockerfile(text: string): string[] {
  const dockerfile = DockerfileParser.parse(text);
  const complaints = validate(text).map(
    ({ message, range }) => `line ${range.start.line + 1}: ${message}`,
  );
  const froms = dockerfile.getFROMs();
  const stages = froms.map(from => from.getBuildStage()).filter(Boolean);
  if (froms.length < 2) complaints.push('builds in the image that it ships');
  for (const from of froms) {
    const image = from.getImage() ?? '';
    const isPinned =
      stages.includes(image) ||
      image === 'scratch' ||
      from.getImageDigest() ||
      (from.getImageTag() && from.getImageTag() !== 'latest');
    if (!isPinned)
      complaints.push(`${image} can change any day: give it a tag`);
  }
  const last = froms.at(-1)?.getRange()?.start.line ?? 0;
  const instructions = dockerfile
    .getInstructions()
    .filter(instruction => (instruction.getRange()?.start.line ?? 0) > last);
  const argumentOf = (keyword: string) =>
    instructions
      .filter(instruction => instruction.getKeyword() === keyword)
      .at(-1)
      ?.getArgumentsContent();
  const user = argumentOf('USER') ?? '';
  if (!USER.test(user)) {
    complaints.push(`runs as ${user || 'root'}, and not as 65532:65532`);
  }
  if (!/^\[/.test(argumentOf('ENTRYPOINT') ?? argumentOf('CMD') ?? '')) {
    complaints.push('starts through a shell, which keeps SIGTERM to itself');
  }
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword();
    const content = instruction.getArgumentsContent() ?? '';
    if (keyword === 'ADD') complaints.push('uses ADD: COPY says what it does');
    if (
      ['ENV', 'ARG'].includes(keyword) &&
      /(PASSWORD|SECRET|TOKEN)/i.test(content)
    ) {
      complaints.push(`keeps a secret in ${keyword} ${content.split('=')[0]}`);
    }
  }
  return complaints;
}
