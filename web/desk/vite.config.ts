import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Vite reads the default export. Nothing is inlined: data: URLs would need a hole in the content security policy.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2023',
    // From here on light-dark() is native; a lower target rewrites it into variables that only work where color-scheme is declared.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Libraries change rarely, pages often: a new version of ours leaves these cached.
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
})
