import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What pushes to a repository may not do; refs by full name. */
export interface PushRules {
  /** Refs that may not move at all, with the reasons that are shown. */
  refused: Record<string, string[]>;
  /** Refs that may neither be deleted nor forced. */
  steady: string[];
  /** Refs that take no merge commits. */
  linear: string[];
}

/**
 * Refuses what branch protection refuses, in GitHub's words. The lists are
 * written by {@link writePushRules}; git runs this for each ref of a push.
 */
const UPDATE_HOOK = `#!/bin/sh
ref=$1 old=$2 new=$3
refuse() {
  echo "error: GH006: Protected branch update failed for $ref." >&2
  echo >&2
  for reason; do echo "- $reason" >&2; done
  exit 1
}
if [ -f "$GIT_DIR/protected-refs" ]; then
  set --
  while read -r name reason; do
    [ "$name" = "$ref" ] && set -- "$@" "$reason"
  done <"$GIT_DIR/protected-refs"
  [ $# -gt 0 ] && refuse "$@"
fi
if [ -f "$GIT_DIR/steady-refs" ] && grep -qxF -- "$ref" "$GIT_DIR/steady-refs"; then
  case $new in *[!0]*) ;; *) refuse "Cannot delete this protected branch" ;; esac
  case $old in
  *[!0]*) git merge-base --is-ancestor "$old" "$new" || refuse "Cannot force-push to this protected branch" ;;
  esac
fi
if [ -f "$GIT_DIR/linear-refs" ] && grep -qxF -- "$ref" "$GIT_DIR/linear-refs"; then
  [ -z "$(git rev-list --merges --max-count=1 "$new" --not --all)" ] || refuse "This branch must not contain merge commits."
fi
exit 0
`;

/** Puts the hook into a bare repository. */
export function installUpdateHook(repository: string): void {
  mkdirSync(join(repository, 'hooks'), { recursive: true });
  const hook = join(repository, 'hooks', 'update');
  writeFileSync(hook, UPDATE_HOOK);
  chmodSync(hook, 0o755);
}

/** Tells the hook of a bare repository what to refuse from now on. */
export function writePushRules(repository: string, rules: PushRules): void {
  const write = (file: string, lines: string[]) =>
    writeFileSync(
      join(repository, file),
      lines.map(line => `${line}\n`).join(''),
    );
  write(
    'protected-refs',
    Object.entries(rules.refused).flatMap(([ref, reasons]) =>
      reasons.map(reason => `${ref} ${reason}`),
    ),
  );
  write('steady-refs', rules.steady);
  write('linear-refs', rules.linear);
}
