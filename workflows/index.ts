export { addressCheck } from './address-check.ts'
export { exportReport, exportRunning } from './export-report.ts'
export { migrationJob } from './migration-job.ts'
export { pastJob } from './past-job.ts'
