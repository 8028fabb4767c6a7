import { splitNextStep } from './splitNextStep';

describe('splitNextStep', () => {
  it.each([
    [
      'component:default/a is taken: choose another name',
      ['component:default/a is taken', 'Choose another name'],
    ],
    [
      'The stack is not ours: its tags are A=b, C=d. Choose another name, or ask its owner',
      [
        'The stack is not ours: its tags are A=b, C=d',
        'Choose another name, or ask its owner',
      ],
    ],
    [
      '"kube-x" cannot be a name: names that begin with "kube-" belong to Kubernetes. Begin with another word',
      [
        '"kube-x" cannot be a name: names that begin with "kube-" belong to Kubernetes',
        'Begin with another word',
      ],
    ],
    [
      'The repository is not ours: its tags are A=b, Use=prod, Run=7: import it',
      [
        'The repository is not ours: its tags are A=b, Use=prod, Run=7',
        'Import it',
      ],
    ],
    [
      'The stack stands, its repository is gone: delete the stack',
      ['The stack stands, its repository is gone', 'Delete the stack'],
    ],
    ['Something is odd', ['Something is odd', 'Ask somebody']],
    ['Choose another name', ['Choose another name', 'Ask somebody']],
    ['', ['', 'Ask somebody']],
  ])('splits "%s"', (text, [message, nextStep]) => {
    expect(splitNextStep(text, 'Ask somebody')).toEqual({ message, nextStep });
  });

  it('takes no time for a long message', () => {
    const started = performance.now();
    splitNextStep(`${'. a '.repeat(50_000)}`, 'x');
    expect(performance.now() - started).toBeLessThan(500);
  });
});
