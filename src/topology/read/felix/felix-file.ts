// Felix's configuration file: sections in brackets, `Name = value` below (felix/config, file_loader.go). It is of the machine whose
// file or folder it is; of its other settings nothing is read.
import { FELIX_FILE, FELIX_PARAMETERS } from '../../../cluster/calico/annotations.ts';
import { NO_SETTINGS, SETTING_FIELDS } from '../../agent-settings.ts';
import type { SourceRef } from '../../model.ts';
import { addIssue, type Facts, type TextFact } from '../stated-facts.ts';
import { expectedOfParameter, felixValue } from './felix-parameter.ts';

export interface FelixFileReader {
  /** True when the line belongs to such a file. */
  read(line: string, ref: SourceRef): boolean;
}

const FIELDS = new Map(SETTING_FIELDS.map((field) => [FELIX_PARAMETERS[field].name.toLowerCase(), field]));

/** Reads it into the text of the machine that has it. */
export function createFelixFileReader(text: TextFact, facts: Facts): FelixFileReader {
  // files of other programs have sections too: Felix's own is announced by its name, or by its usual section
  let isOpen = /(^|[/!\\-])felix\.cfg$/.test(text.ref.file);
  return {
    read(line, ref) {
      if (/^\s*\[global\]\s*$/i.test(line)) {
        isOpen = true;
        return true;
      }
      if (!isOpen) return false;
      if (/^\s*(?:[#;].*|\[\w+\]\s*)$/.test(line)) return true;
      const [, name = '', rest = ''] = /^\s{0,40}([A-Za-z]\w{0,60})\s{0,40}[=:](.{0,400})$/.exec(line) ?? [];
      if (name === '') {
        if (line.trim() !== '') isOpen = false;
        return false;
      }
      const field = FIELDS.get(name.toLowerCase());
      if (field === undefined) return true;
      const written = rest.trim().replace(/^(["'`])(.*)\1$/, '$2');
      const value = felixValue(field, written);
      text.agentFile ??= { values: { ...NO_SETTINGS }, ref };
      if (value !== null) Object.assign(text.agentFile.values, { [field]: { value, ref, by: FELIX_FILE } });
      else {
        const message = `${name} is ${JSON.stringify(written)}, expected ${expectedOfParameter(field)}: not used`;
        addIssue(facts, 'unknown-value', 'warning', message, { refs: [ref] });
      }
      return true;
    },
  };
}
