// What attackers try first (NIST SP 800-63B-4 section 3.1.1.2), as far as it has 15 characters. Public lists of the most used passwords hold
// next to nothing of that length: of the 49,233 in @zxcvbn-ts/language-common 4.1.3 (MIT) 41 are as long, and no maintained package is made
// of long ones. So this is those of them that people type, and the rule by which long ones are made of short ones.

const commonPasswords = new Set(
  `123456789987654321 1qaz2wsx3edc4rfv qazwsxedcrfvtgb 123456789qwerty 12345678900987654321 qwerty123456789 12345678987654321
  q1w2e3r4t5y6u7i8 1qazxsw23edcvfr4 1234qwerasdfzxcv 1234567890987654321 1234567890qwerty q1w2e3r4t5y6u7i8o9p0 passwordstandard
  1234567887654321 zxcvbnm123456789 122333444455555 111222333444555 qwertyuiop12345 1qa2ws3ed4rf5tg qwertasdfgzxcvb passwordassword
  1234567890azerty a1z2e3r4t5y6u7i8 azertyuiop12345 azertqsdfgwxcvb 123456789012345 1234567890123456 qwertyuiopasdfgh qwertyuiop123456
  azertyuiopqsdfgh azertyuiop123456 correcthorsebatterystaple administrateur123 administrator123`.split(/\s+/),
)

/** Words that people lengthen with each other, digits and signs until a rule is content. */
const commonWords = (
  'password passwort passw0rd p@ssw0rd motdepasse azerty azertyuiop qwerty qwertyuiop qwertz asdfgh asdfghjkl zxcvbnm wxcvbn admin ' +
  'administrator administrateur root user test guest login welcome bienvenue bonjour salut hello letmein changeme secret secure ' +
  'iloveyou jetaime soleil loulou doudou chouchou princess princesse monkey dragon master football sunshine shadow superman batman ' +
  'marseille paris france nicolas thomas julien camille default temp temporaire platen abc abcd abcdef'
)
  .split(' ')
  .toSorted((a, b) => b.length - a.length)

const madeOfCommonWords = new RegExp(`^(?:${commonWords.join('|')}|[\\d\\s\\p{P}\\p{S}])+$`, 'u')

/** @param text NFC, lower case. */
export const isCommonPassword = (text: string): boolean =>
  commonPasswords.has(text) || (/\p{L}/u.test(text) && madeOfCommonWords.test(text))
