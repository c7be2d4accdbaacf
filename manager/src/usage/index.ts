export { measureUsage, measuringSchedule } from './measure-usage.ts'
