export { deriveSecret } from './derive.ts'
export { loadOrCreateMasterKey, masterKeyId, MasterKeyError } from './master-key.ts'
export { Secret } from './secret.ts'
export { createVault, VaultError, type Vault, type VaultKey, type VaultKeys } from './vault.ts'
