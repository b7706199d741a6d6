/** More than anybody can use: the want of who uses all it gets. */
export const everything = 1e12

/** Divides `amount` so that nobody gets less than they want while another gets more; what nobody wants goes to all alike. */
export function fairParts(amount: number, wants: readonly number[]): number[] {
  const parts = wants.map(() => 0)
  let left = amount
  for (const [place, { want, i }] of wants.map((want, i) => ({ want, i })).sort((a, b) => a.want - b.want).entries()) {
    parts[i] = Math.min(want, left / (wants.length - place))
    left -= parts[i]
  }
  return parts.map((part) => part + left / wants.length)
}
