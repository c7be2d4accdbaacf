import { createTheme, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME } from '@mantine/core'
import type { ConvertCSSVariablesInput, MantineColorsTuple } from '@mantine/core'

/** Petrol, the one accent of Platen. Shade 8 carries white text at 6.4:1. */
const petrol: MantineColorsTuple = [
  '#eaf5f6',
  '#d3e8ea',
  '#a7d1d5',
  '#7abac0',
  '#55a6ad',
  '#3b949c',
  '#27858e',
  '#17757e',
  '#0d6670',
  '#05525b',
]

/** Cool greys of the dark scheme: a little blue, so that petrol does not look dirty on them. */
const dark: MantineColorsTuple = [
  '#d5dbe0',
  '#b4bdc5',
  '#98a3ad',
  '#6a7681',
  '#46515b',
  '#36404a',
  '#28313a',
  '#1c242b',
  '#151b21',
  '#0f1418',
]

/**
 * The look of both apps. Scroll locking is off because the library that does it writes a style element, which our content
 * security policy refuses; base.css locks the page with `:has()` instead.
 */
export const theme = createTheme({
  colors: { petrol, dark },
  primaryColor: 'petrol',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.6rem', lineHeight: '1.25' },
      h2: { fontSize: '1.15rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  components: {
    // Most fields are required, so the few optional ones say so in their label instead.
    InputWrapper: {
      defaultProps: { withAsterisk: false, inputWrapperOrder: ['label', 'input', 'description', 'error'] },
    },
    Modal: { defaultProps: { lockScroll: false, centered: true } },
    Drawer: { defaultProps: { lockScroll: false } },
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } },
  },
})

/** Contrast corrections over Mantine's defaults: everything that is text reaches 4.5:1 on every surface it is used on. */
export const contrastVariables: ConvertCSSVariablesInput = {
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4d5761',
    '--mantine-color-placeholder': '#5b6670',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#0d6670',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#171d22',
    '--mantine-color-default-border': '#c9d1d7',
    '--mantine-color-disabled': '#eceff1',
    '--mantine-color-disabled-color': '#56616b',
    '--mantine-color-green-light': '#e4f4e8',
    '--mantine-color-red-light': '#fdeceb',
    '--mantine-color-petrol-light': '#e6f1f3',
    '--mantine-color-blue-light': '#e7f0fa',
    '--mantine-color-green-light-color': '#1f6b33',
    '--mantine-color-orange-light-color': '#9a3412',
    '--mantine-color-yellow-light-color': '#7a4d00',
    '--mantine-color-red-light-color': '#a61b12',
    '--mantine-color-blue-light-color': '#17589c',
    '--mantine-color-gray-light-color': '#414b54',
    '--mantine-color-red-filled': '#b42318',
    '--mantine-color-red-filled-hover': '#941c13',
    '--mantine-color-red-outline': '#b42318',
  },
  dark: {
    '--mantine-color-dimmed': '#a3aeb8',
    '--mantine-color-placeholder': '#98a3ad',
    '--mantine-color-error': '#ff9b92',
    '--mantine-color-anchor': '#7fc8cf',
    '--mantine-color-body': '#151b21',
    '--mantine-color-text': '#dde3e8',
    '--mantine-color-default': '#1c242b',
    '--mantine-color-default-hover': '#242d35',
    '--mantine-color-default-border': '#3d4853',
    '--mantine-color-disabled': '#262f37',
    '--mantine-color-disabled-color': '#9aa5af',
    '--mantine-color-red-filled': '#b42318',
    '--mantine-color-red-filled-hover': '#c9342a',
    '--mantine-color-red-outline': '#ff9b92',
    '--mantine-color-green-light': '#15301d',
    '--mantine-color-red-light': '#3b1d1b',
    '--mantine-color-petrol-light': '#16292d',
    '--mantine-color-blue-light': '#172a3d',
    '--mantine-color-red-light-color': '#ffa8a0',
    '--mantine-color-gray-light-color': '#c3cbd2',
    '--mantine-color-petrol-light-color': '#8fd0d6',
    '--mantine-color-petrol-outline': '#8fd0d6',
  },
}

/**
 * All variables of the theme as Mantine would inject them at run time. They are written to variables.css instead (see
 * variables.test.ts), so that no style element is needed and the page passes `style-src 'self'`.
 */
export function themeVariables(): ConvertCSSVariablesInput {
  const base = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme))
  return {
    variables: { ...base.variables, ...contrastVariables.variables },
    light: { ...base.light, ...contrastVariables.light },
    dark: { ...base.dark, ...contrastVariables.dark },
  }
}
