// Our own oxlint rules, for what no ready-made rule says. JavaScript, because oxlint loads it with whatever Node runs it.

const shells = /(^|\/)(sh|bash|dash|zsh|ksh)$/
const commandRunners = new Set(['exec', 'execSync', 'execFile', 'execFileSync', 'spawn', 'spawnSync', 'fork'])
const testFunctions = new Set(['test', 'it', 'describe', 'suite', 'bench'])

const noOwnMocks = {
  create: (context) => ({
    CallExpression(node) {
      const { callee } = node
      if (callee.type !== 'MemberExpression' || !['vi', 'vitest', 'jest'].includes(callee.object.name)) return
      if (!/^(mock|doMock|unstable_mockModule|importMock)$/.test(callee.property.name ?? '')) return
      const target = textOf(node.arguments[0])
      if (target === undefined || /^(\.|#|@platen\/)/.test(target)) {
        context.report({
          node,
          message: 'Our own modules are not mocked: use the memory driver, or pass the dependency in.',
        })
      }
    },
  }),
}

const noShell = {
  create: (context) => ({
    ImportDeclaration(node) {
      if (!/^(node:)?child_process$/.test(node.source.value)) return
      for (const { imported, ...specifier } of node.specifiers) {
        if (/^exec(Sync)?$/.test(imported?.name ?? '')) {
          context.report({
            node: specifier.local,
            message: 'exec starts a shell: use spawn or execFile with an argument array.',
          })
        }
      }
    },
    CallExpression(node) {
      if (
        /^exec(Sync)?$/.test(node.callee.property?.name ?? '') &&
        /child_?process/i.test(node.callee.object?.name ?? '')
      ) {
        context.report({ node, message: 'exec starts a shell: use spawn or execFile with an argument array.' })
      }
      if (!commandRunners.has(node.callee.property?.name ?? node.callee.name)) return
      if (shells.test(textOf(node.arguments[0]) ?? '') && hasCommandFlag(node.arguments[1])) {
        context.report({ node, message: 'No shell strings: start the program itself with an argument array.' })
      }
    },
    Property(node) {
      const name = node.key.name ?? node.key.value
      if (name !== 'shell' || node.value.value === false || !isCallArgument(node.parent)) return
      context.report({ node, message: '`shell` runs the arguments through a shell: leave it out.' })
    },
  }),
}

const noBareSkip = {
  create: (context) => ({
    MemberExpression(node) {
      if (!/^(only|skip|todo|fails)$/.test(node.property.name ?? '') || !testFunctions.has(rootName(node.object)))
        return
      if (node.parent?.type === 'CallExpression' && node.parent.arguments.includes(node)) return
      context.report({
        node,
        message: `.${node.property.name} hides tests: use skipIf/runIf with the condition, or delete it.`,
      })
    },
  }),
}

const factTitles = {
  create: (context) => ({
    CallExpression(node) {
      if (!testFunctions.has(rootName(node.callee))) return
      const title = textOf(node.arguments[0])
      if (title !== undefined && /\bshould\b/i.test(title)) {
        context.report({
          node: node.arguments[0],
          message: 'A title states a fact in the present tense, without "should".',
        })
      }
    },
  }),
}

const reasonedAssertions = {
  create(context) {
    const { sourceCode } = context
    const commented = new Set()
    const check = (node) => {
      const first = node.loc.start.line
      for (let line = first - 1; line <= node.loc.end.line; line += 1) if (commented.has(line)) return
      // A statement may put its reason above its first line.
      const statement = enclosingStatement(node)
      if (statement && commented.has(statement.loc.start.line - 1)) return
      context.report({
        node,
        message: 'An `as` or `!` overrules the compiler: say why on the same or the previous line.',
      })
    }
    return {
      Program() {
        for (const comment of sourceCode.getAllComments()) {
          for (let line = comment.loc.start.line; line <= comment.loc.end.line; line += 1) commented.add(line)
        }
      },
      TSNonNullExpression: check,
      TSAsExpression(node) {
        if (node.typeAnnotation.typeName?.name !== 'const') check(node)
      },
    }
  },
}

function textOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral') return node.quasis.map((part) => part.value.cooked).join('*')
  return undefined
}

function hasCommandFlag(node) {
  return node?.type === 'ArrayExpression' && node.elements.some((element) => /^-[a-z]*c$/.test(textOf(element) ?? ''))
}

function isCallArgument(node) {
  return (
    node?.parent?.type === 'CallExpression' &&
    commandRunners.has(node.parent.callee.property?.name ?? node.parent.callee.name)
  )
}

function rootName(node) {
  let current = node
  while (current?.type === 'MemberExpression' || current?.type === 'CallExpression')
    current = current.object ?? current.callee
  return current?.name
}

function enclosingStatement(node) {
  let current = node
  while (current && !/(Statement|Declaration|PropertyDefinition|^Property)$/.test(current.type))
    current = current.parent
  return current
}

export default {
  meta: { name: 'platen' },
  rules: {
    'no-own-mocks': noOwnMocks,
    'no-shell': noShell,
    'no-bare-skip': noBareSkip,
    'fact-titles': factTitles,
    'reasoned-assertions': reasonedAssertions,
  },
}
