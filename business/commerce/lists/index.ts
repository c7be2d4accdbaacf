export { fold, searchPatterns, searchText } from './fold.ts'
export { readCursor, searchQuery, toPage, type Page } from './pages.ts'
