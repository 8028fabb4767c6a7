export { scaffolderModulePlatformEnvs as default } from './module';
