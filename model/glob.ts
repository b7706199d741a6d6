/** Whether a glob has a bracket that is never closed: it would match nothing. A glob library at the doors knows better; the model has none. */
export function isOpenEnded(glob: string): boolean {
  if (glob.includes('"')) return false
  const plain = glob.replaceAll(/\\./g, '').replaceAll(/\[[!^]?\]?[^\]]*\]/g, '')
  const count = (character: string): number => plain.split(character).length - 1
  return plain.includes('[') || count('(') !== count(')') || count('{') > count('}')
}
