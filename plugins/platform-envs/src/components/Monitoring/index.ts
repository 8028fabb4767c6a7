export * from './MonitoringTab';
