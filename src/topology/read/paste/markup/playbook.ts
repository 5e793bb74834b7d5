// What a playbook of Ansible prints of an output that it kept, `debug: var=routes.stdout_lines`, as JSON or, with another callback, as YAML:
// its lines as elements, the machine above them. Line by line, so that every line keeps its number.

/** `ok: [worker1] => {`; a task that was delegated ran on the machine behind the arrow. */
const RESULT =
  /^(?:ok|changed): \[([\w.-]{1,253})(?: -> ([\w.-]{1,253})(?:\([\w.:-]{1,253}\))?)?\] =>(?: \(item=[^\n]{0,200}\) =>)?( \{)?$/;
/** Between results: what is done, and what came of it. */
const BETWEEN =
  /^(?:(?:PLAY|TASK|HANDLER|RUNNING HANDLER)\b[^*]{0,300}\*{3,}|\S{1,253}\s+: ok=\d+\s+changed=\d+ [\w=\s]*)$/;
const LINES_OF_JSON = /^\s*"(?:[\w.]*stdout_lines|msg)": \[$/;
/** An output in one piece, whose lines have no numbers: it stays, and is warned of where its lines are nowhere. */
const PIECE_OF_JSON = /^\s*"(?:[\w.]*\.)?(?:stdout|msg)": "[^"]*\\n/;
const ELEMENT_OF_JSON = /^\s*("(?:[^"\\]|\\.)*"),?$/;
const LINES_OF_YAML = /^\s+(?:[\w.]*stdout_lines|msg):$/;
const TEXT_OF_YAML = /^\s+(?:[\w.]*\.)?(?:stdout|msg): \|-?$/;
const ELEMENT_OF_YAML = /^\s*- (.*)$/;

/** With headings as `ansible -m shell` prints them, and the outputs as they were; the rest of the results is empty lines. */
export function withoutPlaybook(text: string): string {
  if (!text.includes('] =>')) return text;
  let form: 'json' | 'yaml' | null = null;
  let place: 'elements' | 'text' | null = null;
  let margin = '';
  const isInPieces = !text.includes('stdout_lines');
  const read = (line: string): string => {
    const [result, machine = '', delegate, brace] = RESULT.exec(line.trimEnd()) ?? [];
    if (result !== undefined) {
      form = brace === undefined ? 'yaml' : 'json';
      place = null;
      return `${delegate ?? machine} | SUCCESS | rc=0 >>`;
    }
    if (BETWEEN.test(line)) {
      form = null;
      return '';
    }
    if (form === null) return line;
    if (!line.startsWith('  ') && line.trim() !== '') {
      form = null;
      return line === '}' ? '' : line;
    }
    if (place === 'elements') {
      const content = form === 'json' ? jsonElement(line) : yamlElement(line);
      if (content !== null) return content;
    }
    if (place === 'text') {
      if (margin === '') margin = /^\s*/.exec(line)?.[0] ?? '';
      if (line.startsWith(margin) || line.trim() === '') return line.slice(margin.length);
    }
    const isElements = (form === 'json' ? LINES_OF_JSON : LINES_OF_YAML).test(line);
    place = isElements ? 'elements' : form === 'yaml' && TEXT_OF_YAML.test(line) ? 'text' : null;
    margin = '';
    return isInPieces && PIECE_OF_JSON.test(line) ? line : '';
  };
  return text.split('\n').map(read).join('\n');
}

function jsonElement(line: string): string | null {
  const [, written] = ELEMENT_OF_JSON.exec(line) ?? [];
  if (written === undefined) return null;
  try {
    const content = String(JSON.parse(written));
    // what is one element and several lines stays as it is written: every line keeps its number
    return /[\n\r]/.test(content) ? line : content;
  } catch {
    return null;
  }
}

function yamlElement(line: string): string | null {
  const [, written] = ELEMENT_OF_YAML.exec(line) ?? [];
  if (written === undefined) return null;
  const quote = written.charAt(0);
  if (!/['"]/.test(quote) || written.length < 2 || !written.endsWith(quote)) return written;
  return quote === '"' ? (jsonElement(written) ?? written) : written.slice(1, -1).replaceAll("''", "'");
}
