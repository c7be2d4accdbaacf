/** The mark: a roller pressing a sheet, which is what a platen does. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#17757e" />
      <rect x="5" y="8" width="22" height="7" rx="3.5" fill="#ffffff" />
      <path d="M10 17h12v7a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2z" fill="#a7d1d5" />
      <path d="M13 20.5h6M13 23h4" stroke="#17757e" strokeWidth="1.4" strokeLinecap="round" />
    </svg>
  )
}
