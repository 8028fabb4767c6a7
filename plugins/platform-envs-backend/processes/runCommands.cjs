/*
 * Runs commands for the process that has forked this one, over its channel.
 *
 * To start a program is to copy the page tables of whoever starts it: of a
 * backend with a large heap that takes tens of milliseconds, in which it answers
 * nobody. This process is small, and has nothing else to do.
 *
 * Messages in: `{ id, command, args, cwd, env, input, timeoutMs, maxOutputBytes }`.
 * Messages out: `{ id, exitCode, stdout, stderr }`, or `{ id, failed, message }`
 * with `failed` one of `start`, `timeout`, `output`.
 */
const { spawn } = require('node:child_process');

/** Of what runs now; each is a group of its own. */
const groups = new Set();

process.on('message', request => {
  const { id, maxOutputBytes, timeoutMs } = request;
  const stdout = [];
  const stderr = [];
  let size = 0;
  let failed;

  const child = spawn(request.command, request.args, {
    cwd: request.cwd,
    env: request.env,
    // with its own children it is one group, and is killed as one
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (child.pid) groups.add(child.pid);
  const stop = reason => {
    failed ??= reason;
    kill(child.pid);
  };
  const timer = setTimeout(() => stop('timeout'), timeoutMs);
  const answer = message => {
    clearTimeout(timer);
    groups.delete(child.pid);
    // it may have gone meanwhile
    if (process.connected) process.send({ id, ...message }, () => {});
  };

  const collect = into => chunk => {
    size += chunk.length;
    if (size > maxOutputBytes) stop('output');
    else into.push(chunk);
  };
  child.stdout.on('data', collect(stdout));
  child.stderr.on('data', collect(stderr));
  // one that ends before it has read everything is judged by its exit code
  child.stdin.on('error', () => {});
  child.on('error', ({ message }) => answer({ failed: 'start', message }));
  child.on('close', code => {
    if (failed) {
      answer({ failed, message: failed });
      return;
    }
    answer({
      exitCode: code ?? -1,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr),
    });
  });
  child.stdin.end(request.input ?? '');
});

process.on('disconnect', () => {
  for (const pid of groups) kill(pid);
  process.exit();
});

function kill(pid) {
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
