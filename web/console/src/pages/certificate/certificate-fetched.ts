const key = 'platen-certificate-fetched'

/** Whether the certificate was downloaded in this browser: all we can know about whether it is trusted here. */
export function wasCertificateFetched(): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}

export function rememberCertificateFetched(): void {
  try {
    localStorage.setItem(key, 'yes')
  } catch {
    // Storage may be forbidden; the to-do line then stays.
  }
}
