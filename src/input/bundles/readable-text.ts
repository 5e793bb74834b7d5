// Texts of diagnosis tools as a terminal would show them: what a tool prints between the outputs becomes a prompt or an empty line,
// so that every line keeps its number.

/** Retina's ip-resources.txt: a summary of commands, then each by its absolute path, an empty line, and its output. */
const RETINA_SUMMARY = /^Summary:\s*$/;
const RETINA_START = 'Execute:';
const RETINA_COMMAND = /^\/(?:usr\/)?s?bin\/((?:ip|bridge) .*)$/;
/** `kubectl cluster-info dump`: logs stand between the documents. */
const LOG = '==== START logs for container ';
const LOG_END = '==== END logs for container ';

/** The same text with the same number of lines. */
export function readableText(text: string): string {
  if (text.includes(LOG)) return withoutLogs(text);
  return RETINA_SUMMARY.test(text.slice(0, text.indexOf('\n'))) ? withPrompts(text) : text;
}

function withPrompts(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(RETINA_START));
  const command = (line: string): string => line.replace(RETINA_COMMAND, '$ $1');
  return lines.map((line, i) => (i <= start ? '' : command(line))).join('\n');
}

function withoutLogs(text: string): string {
  let inLog = false;
  const shown = (line: string): string => {
    const isLog = inLog || line.startsWith(LOG);
    inLog = isLog && !line.startsWith(LOG_END);
    return isLog ? '' : line;
  };
  return text.split('\n').map(shown).join('\n');
}
