/** Mirrors the server's rule, which has the last word. */
export const minPasswordLength = 15

export type PasswordStrength = 'short' | 'fair' | 'strong'

/** Length decides; few different characters (aaaa..., 1212...) never count as strong. */
export function passwordStrength(password: string): PasswordStrength {
  if (password.length < minPasswordLength) return 'short'
  const isVaried = new Set(password).size >= 10
  return password.length >= 20 && isVaried ? 'strong' : 'fair'
}
