export { searchPatterns, searchText } from './fold.ts'
export { readCursor, searchQuery, toPage } from './pages.ts'
