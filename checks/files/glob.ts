/**
 * Makes a test for paths from a glob: `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` is a choice.
 * Paths are relative with `/` between folders.
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const pattern = new RegExp(`^${translate(glob.replace(/^\.\//, ''))}$`);
  return (path) => pattern.test(path);
}

function translate(glob: string): string {
  let source = '';
  let braces = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob.charAt(at);
    if (glob.startsWith('**/', at)) {
      source += '(?:[^/]+/)*';
      at += 2;
    } else if (glob.startsWith('**', at)) {
      source += '.*';
      at += 1;
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '{') {
      braces += 1;
      source += '(?:';
    } else if (character === '}' && braces > 0) {
      braces -= 1;
      source += ')';
    } else if (character === ',' && braces > 0) source += '|';
    else source += character.replace(/[\\^$+.()|[\]{}]/g, String.raw`\$&`);
  }
  return source + ')'.repeat(braces);
}
