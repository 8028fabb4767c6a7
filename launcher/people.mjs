/** The people of the seed catalog, and why one would sign in as them. */
export function people() {
  return [
    {
      name: 'sample-platform-developer',
      does: 'starts services and asks for promotions on sample-platform-ai',
    },
    {
      name: 'sample-platform-lead',
      does: 'approves promotions to its prod',
    },
    {
      name: 'campaign-developer',
      does: 'the same on campaign-lifecycle-platform',
    },
    { name: 'campaign-lead', does: '' },
    { name: 'cornjacket-developer', does: 'the same on cornjacket-platform' },
    { name: 'cornjacket-lead', does: '' },
    { name: 'mobilytics-developer', does: 'the same on mobilytics' },
    { name: 'mobilytics-lead', does: '' },
    { name: 'platform-engineer', does: 'looks after all environments' },
    { name: 'on-call', does: 'is called when something is broken' },
    { name: 'outsider', does: 'belongs to no team: sees, but may not act' },
  ];
}
