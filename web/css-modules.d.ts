/** What Vite makes of a stylesheet: class names by key for `*.module.css`, a side effect for the rest. */
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>
  export default classes
}
declare module '*.css' {}
