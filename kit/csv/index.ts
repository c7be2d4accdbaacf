export { csvLine, csvStream, type CsvValue } from './csv.ts'
