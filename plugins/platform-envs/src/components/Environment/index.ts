export { CapacityCard } from './CapacityCard';
export { FindingsCard } from './FindingsCard';
export { PassportCard } from './PassportCard';
export { ReplicationCard } from './ReplicationCard';
export { RunsHereCard } from './RunsHereCard';
export { StacksCard } from './StacksCard';
