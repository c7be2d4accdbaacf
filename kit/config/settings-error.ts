export interface SettingFault {
  /** Name of the environment variable. */
  readonly env: string
  /** What is wrong, continuing the name: "is missing". */
  readonly problem: string
  /** What to do, as an order: "set it to ...". */
  readonly remedy: string
}

/** Start refused: says each bad setting by name, what is wrong and what to do. Print `message`, exit with a code that is not 0. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly faults: readonly SettingFault[]

  constructor(faults: readonly SettingFault[]) {
    const lines = faults.map((fault) => `  ${fault.env} ${fault.problem}. Please ${fault.remedy}.`)
    super(
      `${faults.length === 1 ? 'A setting needs' : `${faults.length} settings need`} your attention:\n${lines.join('\n')}`,
    )
    this.faults = faults
  }
}
