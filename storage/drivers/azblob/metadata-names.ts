/**
 * Azure's metadata names are C# identifiers. What is none is written as .NET's XmlConvert writes names: `_x002d_` for a hyphen,
 * each UTF-16 unit in four hex digits; an underscore that would look like the beginning of such is written so too.
 */
const escaped = /^[0-9]|[^a-z0-9_]|_(?=x[0-9a-f]{4})/g

export function encodeName(name: string): string {
  return name.toLowerCase().replace(escaped, (unit) => `_x${unit.charCodeAt(0).toString(16).padStart(4, '0')}_`)
}

export function decodeName(name: string): string {
  return name.toLowerCase().replace(/_x([0-9a-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
