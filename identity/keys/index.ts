export { accessTokenSeconds, createTokenKeys, type TokenKeys } from './access-tokens.ts'
export { registerSigningKeyRoutes } from './key-routes.ts'
export { createSigningKeys, type SigningKeys } from './key-rotation.ts'
export { prepareSpareSigningKey } from './new-key.ts'
